import { byId, element } from './dom.js'
import { qrCode } from './gateway.js'

let shown = ''

/**
 * Shows the state of every account besides this page, and the code of those that a phone has to link.
 * @param {readonly { channel: string, accountId: string, state: string, reason?: string, qr?: string }[]} channels
 */
export function showAccounts(channels) {
  const others = channels.filter(({ channel }) => channel !== 'web')
  const now = JSON.stringify(others)
  if (now === shown) return
  shown = now
  const troubled = others.filter(({ state }) => state !== 'online' && state !== 'disabled')
  const details = byId('accounts')
  details.hidden = others.length === 0
  details.toggleAttribute('data-waiting', troubled.length > 0)
  byId('accounts-summary').textContent =
    troubled.length === 0
      ? `Accounts: ${others.length}, all well`
      : `Accounts: ${troubled.map((one) => `${nameOf(one)} is ${wordOf(one.state)}`).join(', ')}`
  byId('accounts-list').replaceChildren(...others.map(accountItem))
}

function accountItem(account) {
  const { state, reason, qr } = account
  const text = `${nameOf(account)}: ${wordOf(state)}${reason === undefined ? '' : `, ${reason}`}`
  const code =
    qr === undefined
      ? []
      : [
          element('img', {
            src: qrCode(account),
            alt: `QR code that links ${nameOf(account)}; scan it with the phone`,
            width: '264',
            height: '264',
            'data-testid': 'account-qr',
          }),
        ]
  return element(
    'li',
    { 'data-testid': 'account', 'data-state': state },
    element('span', {}, text),
    ...code,
  )
}

function nameOf({ channel, accountId }) {
  return `${channel}/${accountId}`
}

function wordOf(state) {
  return state === 'needs-login' ? 'waiting for a login' : state
}
