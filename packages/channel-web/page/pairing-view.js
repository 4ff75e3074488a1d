import { actionButton, byId, element } from './dom.js'
import { changePairing, loadPairing } from './gateway.js'
import { lookAgain } from './look-again.js'

const everyMs = 5000

/** Shows who asks to be let in and who was, and looks again while somebody looks at the page. */
export function followPairing() {
  lookAgain(everyMs, show)
}

let shown = ''

async function show() {
  const { requests, approvals } = await loadPairing()
  const now = JSON.stringify([requests, approvals])
  // What has not changed stays as it is, so that the focus is not taken from a button.
  if (now === shown) return
  shown = now
  const waiting = requests.length
  byId('pairing').hidden = waiting === 0 && approvals.length === 0
  byId('pairing').toggleAttribute('data-waiting', waiting > 0)
  byId('pairing-summary').textContent =
    waiting === 0
      ? `${people(approvals.length)} let in by pairing`
      : `${people(waiting)} ${waiting === 1 ? 'asks' : 'ask'} to be let in`
  byId('pairing-list').replaceChildren(...requests.map(requestItem), ...approvals.map(approvalItem))
}

function requestItem({ id, code, ...person }) {
  return element(
    'li',
    { 'data-testid': 'pairing-request' },
    element('span', {}, `${nameOf(person)}, code ${code}`),
    button('Let in', 'approve', { id }),
    button('Reject', 'reject', { id }),
  )
}

function approvalItem({ id, ...person }) {
  return element(
    'li',
    { 'data-testid': 'pairing-approval' },
    element('span', {}, `${nameOf(person)} was let in`),
    button('Shut out', 'revoke', { id }),
  )
}

function button(label, verb, body) {
  return actionButton(label, byId('pairing-problem'), async () => {
    await changePairing(verb, body)
    await show()
  })
}

function nameOf({ channel, accountId, senderId, senderName }) {
  const name = senderName === undefined ? senderId : `${senderName} (${senderId})`
  return `${name} on ${channel}/${accountId}`
}

function people(count) {
  return count === 1 ? '1 person' : `${count} people`
}
