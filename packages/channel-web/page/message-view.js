import { element } from './dom.js'
import { renderMarkdown } from './markdown-view.js'
import { createWhyView } from './why-view.js'

/**
 * One message of the conversation. `update` changes what differs, so that an opened explanation stays open.
 *
 * @param {import('./conversation.js').Item} first
 */
export function createMessageView(first) {
  let item = first
  let shownText
  let shownRest

  const by = element('div', { class: 'by' })
  const body = element('div', { class: 'body', 'data-testid': 'message-body' })
  const state = element('p', { class: 'state', 'data-testid': 'message-state' })
  const why = createWhyView(() => item.messageId ?? item.nativeId ?? item.key)
  const node = element(
    'li',
    { class: 'message', 'data-testid': 'message', 'data-direction': item.direction },
    by,
    body,
    state,
    why,
  )

  return {
    node,
    /**
     * @param {import('./conversation.js').Item} next
     * @param {{ name: string, emoji?: string, isDemo: boolean } | undefined} agent
     */
    update(next, agent) {
      item = next
      if (item.text !== shownText || item.format !== body.dataset.format) {
        shownText = item.text
        const isPlain = item.format === 'plain'
        body.replaceChildren(...(isPlain ? [item.text] : renderMarkdown(item.text)))
        body.dataset.format = item.format
      }
      const rest = JSON.stringify([item.state, item.reason, item.at, agent])
      if (rest === shownRest) return
      shownRest = rest
      node.dataset.state = item.state
      node.dataset.nativeId = item.nativeId ?? ''
      node.dataset.agent = item.agentId ?? ''
      by.replaceChildren(...describeAuthor(item, agent))
      const { text, isBad } = describeState(item)
      state.textContent = text
      state.hidden = text === ''
      state.dataset.tone = isBad ? 'bad' : ''
      // Before the gateway has taken it there is nothing to explain.
      why.hidden = item.state === 'sending' || item.state === 'retrying'
    },
  }
}

function describeAuthor(item, agent) {
  const time = element('time', { datetime: new Date(item.at).toISOString() }, clock.format(item.at))
  const name =
    agent === undefined ? item.agentId : [agent.emoji, agent.name].filter(Boolean).join(' ')
  if (item.direction === 'in') {
    const to = name === undefined ? 'You' : `You to ${name}`
    return [element('span', { 'data-testid': 'author' }, to), time]
  }
  const author = element('strong', { 'data-testid': 'author' }, name ?? 'Answer')
  if (agent?.isDemo !== true) return [author, time]
  const title = 'This agent answers from a script, not from a model'
  const demo = element('span', { class: 'demo', title, 'data-testid': 'demo-label' }, 'demo')
  return [author, demo, time]
}

const inbound = {
  sending: 'Sending…',
  retrying: 'Waiting for the gateway; it will be sent',
  pending: 'Waiting for an answer',
  claimed: 'Being answered',
  done: '',
  'turned-away': 'Not accepted',
  refused: 'Not accepted',
  dead: 'Given up',
}

const outbound = {
  live: '',
  pending: 'Being delivered',
  sending: 'Being delivered',
  sent: '',
  unknown: 'Perhaps not delivered',
  failed: 'Not delivered',
}

const bad = new Set(['turned-away', 'refused', 'dead', 'unknown', 'failed'])

function describeState({ direction, state, reason }) {
  const text = (direction === 'in' ? inbound : outbound)[state] ?? state
  const isBad = bad.has(state)
  return { text: isBad && reason ? `${text}: ${reason}` : text, isBad }
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
