import { createAnnouncer } from './announcer.js'
import { followCanvases } from './canvas-view.js'
import { createCommandMenu } from './command-menu.js'
import { followConfig } from './config-note.js'
import { createConversation } from './conversation.js'
import { byId, element } from './dom.js'
import { followEvents } from './event-stream.js'
import { loadAgents, loadHistory, logOut } from './gateway.js'
import { createMessageView } from './message-view.js'
import { followApprovals } from './approvals-view.js'
import { followPairing } from './pairing-view.js'
import { createSender } from './sender.js'

const pageSize = 50
const agentKey = 'junctor.agent'

const conversation = createConversation()
const announcer = createAnnouncer()
/** @type {Map<string, ReturnType<typeof createMessageView>>} */
const views = new Map()
/** @type {Map<string, { id: string, name: string, emoji?: string, isDemo: boolean, state: string, reason?: string }>} */
const agents = new Map()
let isLoaded = false

const scroller = byId('scroller')
const text = byId('text')
const select = byId('agent')

// What is on the page

function render() {
  const isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80
  const items = conversation.items()
  const list = byId('messages')
  const keys = new Set(items.map(({ key }) => key))
  for (const [key, view] of views) {
    if (keys.has(key)) continue
    view.node.remove()
    views.delete(key)
  }
  let next = list.firstChild
  for (const item of items) {
    const view = views.get(item.key) ?? createMessageView(item)
    views.set(item.key, view)
    view.update(item, agents.get(item.agentId))
    if (view.node === next) next = next.nextSibling
    else list.insertBefore(view.node, next)
  }
  byId('empty').hidden = !isLoaded || items.length > 0
  if (isAtEnd) scroller.scrollTop = scroller.scrollHeight
}

const troubles = { isSilent: false, isLoggedOut: false }

function showTroubles(change) {
  Object.assign(troubles, change)
  const banner = byId('banner')
  banner.hidden = !troubles.isSilent && !troubles.isLoggedOut
  banner.textContent = troubles.isLoggedOut
    ? 'This browser is logged out. Run “junctor login” and open the link; what you wrote is kept.'
    : 'No connection to the gateway. Trying again; what you write is kept and sent when it is back.'
}

// History

let refreshTimer
let refreshMs = 500

async function refresh() {
  clearTimeout(refreshTimer)
  try {
    const entries = await loadHistory({ limit: pageSize })
    const isFirst = !isLoaded
    isLoaded = true
    conversation.applyNewest(entries)
    if (isFirst) byId('earlier').hidden = entries.length < pageSize
    showTroubles({ isLoggedOut: false })
    render()
    if (isFirst) scroller.scrollTop = scroller.scrollHeight
  } catch (error) {
    if (error.status === 401) showTroubles({ isLoggedOut: true })
  }
  refreshMs = Math.min(refreshMs * 2, 8000)
  if (conversation.isUnsettled()) refreshTimer = setTimeout(refresh, refreshMs)
}

function refreshSoon() {
  refreshMs = 500
  clearTimeout(refreshTimer)
  refreshTimer = setTimeout(refresh, 200)
}

async function showEarlier() {
  const entries = await loadHistory({
    limit: pageSize,
    before: conversation.firstMessageId(),
  }).catch(() => undefined)
  if (entries === undefined) return
  const fromEnd = scroller.scrollHeight - scroller.scrollTop
  conversation.applyEarlier(entries)
  byId('earlier').hidden = entries.length < pageSize
  render()
  scroller.scrollTop = scroller.scrollHeight - fromEnd
}

byId('earlier').addEventListener('click', () => void showEarlier())

// What happens

let typingTimer

function showTyping(ttlMs) {
  clearTimeout(typingTimer)
  byId('typing').hidden = ttlMs === 0
  if (ttlMs > 0) typingTimer = setTimeout(() => showTyping(0), ttlMs)
}

const sender = createSender((message, state, reason) => {
  conversation.applyOutgoing(message, state, reason)
  render()
  if (state === 'pending' || state === 'turned-away') refreshSoon()
})

followEvents(
  (type, data) => {
    if (type === 'ready') void refresh()
    if (type === 'typing') showTyping(data.ttlMs)
    if (type === 'message') conversation.applyMessage(data)
    if (type === 'edit') conversation.applyEdit(data, Date.now())
    if (type !== 'message' && type !== 'edit') return
    if (type === 'message') refreshSoon()
    if (data.direction !== 'in') {
      showTyping(0)
      announcer.grew(data.nativeId, () => describe(data.nativeId))
    }
    render()
  },
  (isConnected) => {
    showTroubles({ isSilent: !isConnected })
    if (isConnected) sender.retryNow()
    else void refresh()
  },
)

function describe(nativeId) {
  const item = conversation.items().find((other) => other.nativeId === nativeId)
  if (item === undefined) return ''
  return `${agents.get(item.agentId)?.name ?? 'Answer'}: ${item.text}`
}

// Writing

const commandMenu = createCommandMenu(text)

byId('composer').addEventListener('submit', (event) => {
  event.preventDefault()
  const written = text.value
  if (written.trim() === '') return
  text.value = ''
  commandMenu.close()
  scroller.scrollTop = scroller.scrollHeight
  sender.send(written, select.value || undefined)
  text.focus()
})

text.addEventListener('keydown', (event) => {
  if (commandMenu.takesKey(event)) return event.preventDefault()
  // An input method uses Enter to pick a word.
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
  event.preventDefault()
  byId('composer').requestSubmit()
})

select.addEventListener('change', () => {
  localStorage.setItem(agentKey, select.value)
})

byId('logout').addEventListener('click', () => {
  void logOut()
    .catch(() => {})
    .then(() => location.assign('/'))
})

async function showAgents() {
  const loaded = await loadAgents()
  agents.clear()
  for (const option of [...select.options].slice(1)) option.remove()
  for (const agent of loaded) {
    agents.set(agent.id, agent)
    const cannot = ['paused', 'over-budget', 'failing'].includes(agent.state)
    const notes = [agent.isDemo ? '(demo)' : '', cannot ? `(${agent.state})` : '']
    const name = [agent.emoji, agent.name, ...notes].filter(Boolean).join(' ')
    const title = [agent.model, cannot ? agent.reason : ''].filter(Boolean).join(', ')
    select.append(element('option', { value: agent.id, title }, name))
  }
  const chosen = localStorage.getItem(agentKey) ?? ''
  select.value = agents.has(chosen) ? chosen : ''
  const demos = [...agents.values()].filter(({ isDemo }) => isDemo).map(({ name }) => name)
  byId('demo-note').hidden = demos.length === 0
  byId('demo-note').textContent =
    `Demo: ${demos.join(', ')} ${demos.length === 1 ? 'answers' : 'answer'} from a script. Configure a model to get real answers.`
  render()
}

function refreshAgents() {
  showAgents().catch((error) => showTroubles({ isLoggedOut: error.status === 401 }))
}

refreshAgents()
followConfig(refreshAgents)
followPairing()
followCanvases()
followApprovals()
text.focus()
