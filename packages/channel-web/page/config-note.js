import { showAccounts } from './accounts-view.js'
import { byId } from './dom.js'
import { loadStatus } from './gateway.js'

const everyMs = 5000

/**
 * Says when the config was edited and is not in force, and calls `onChange` when another one is. Looks now and then, while
 * the page is seen.
 * @param {() => void} onChange
 */
function stateOf(state) {
  // It comes and goes with every turn.
  return state === 'busy' ? 'available' : state
}

export function followConfig(onChange) {
  let revision

  async function look() {
    if (document.hidden) return
    const status = await loadStatus().catch(() => undefined)
    if (status === undefined) return
    const { config, agents, channels } = status
    showAccounts(channels)
    const note = byId('config-note')
    note.hidden = config.problem === undefined
    note.textContent = `The config was edited and is not in force: ${config.problem}`
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
