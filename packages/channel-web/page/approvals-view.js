import { actionButton, byId, element } from './dom.js'
import { answerApproval, loadApprovals } from './gateway.js'
import { lookAgain } from './look-again.js'

const everyMs = 3000

/** Shows the tool calls that wait for a person, and looks again while somebody looks at the page. */
export function followApprovals() {
  lookAgain(everyMs, show)
}

let shown = ''

async function show() {
  const waiting = (await loadApprovals()).filter(({ state }) => state === 'pending')
  const now = JSON.stringify(waiting)
  // What has not changed stays as it is, so that the focus is not taken from a button.
  if (now === shown) return
  shown = now
  byId('approvals').hidden = waiting.length === 0
  byId('approvals').toggleAttribute('data-waiting', waiting.length > 0)
  byId('approvals-summary').textContent =
    `${waiting.length} tool ${waiting.length === 1 ? 'call waits' : 'calls wait'} to be approved`
  byId('approvals-list').replaceChildren(...waiting.map(item))
}

function item({ id, agentId, tool, input, elevated }) {
  const where = elevated ? ', outside of the sandbox' : ''
  return element(
    'li',
    { 'data-testid': 'approval' },
    element('span', {}, `${agentId} asks to run ${tool}${where}: ${JSON.stringify(input)}`),
    button('Approve', 'approve', id),
    button('Deny', 'deny', id),
  )
}

function button(label, verb, id) {
  return actionButton(label, byId('approvals-problem'), async () => {
    await answerApproval(verb, id)
    await show()
  })
}
