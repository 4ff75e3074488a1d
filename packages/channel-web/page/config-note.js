import { showAccounts } from './accounts-view.js'
import { byId } from './dom.js'
import { loadStatus } from './gateway.js'

const everyMs = 5000

/**
 * Says when the config was edited and is not in force, or what was made at runtime does not go together with it, and calls
 * `onChange` when another config is in force. Looks now and then, while the page is seen.
 * @param {() => void} onChange
 */
export function followConfig(onChange) {
  let revision

  async function look() {
    if (document.hidden) return
    const status = await loadStatus().catch(() => undefined)
    if (status === undefined) return
    const { config, agents, channels, setAside = [] } = status
    showAccounts(channels)
    showNote(
      'config-note',
      config.problem && `The config was edited and is not in force: ${config.problem}`,
    )
    showNote(
      'set-aside-note',
      setAside.length > 0 &&
        `Set aside, as it does not go together with the config:\n${setAside.join('\n')}`,
    )
    const now = [
      config.revision,
      ...agents.map(({ id, name, state }) => `${id} ${name} ${stateOf(state)}`),
    ].join('\n')
    if (revision !== undefined && revision !== now) onChange()
    revision = now
  }

  setInterval(() => void look(), everyMs)
  document.addEventListener('visibilitychange', () => void look())
  void look()
}

function showNote(id, text) {
  const note = byId(id)
  note.hidden = !text
  note.textContent = text || ''
}

function stateOf(state) {
  // It comes and goes with every turn.
  return state === 'busy' ? 'available' : state
}
