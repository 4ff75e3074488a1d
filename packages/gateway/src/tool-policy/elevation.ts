import type { Config, ElevatedConfig } from '@junctor/config'
import type { Envelope } from '@junctor/channel'
import { parseSessionKey } from '@junctor/session-key'

/** Who wrote a message: nobody, when no channel brought it. */
export type Writer = Pick<Envelope, 'channel'> & { readonly senderId: string }

/** Why commands of a session may not leave its sandbox, as a clause that names the setting; undefined when they may. */
export type Elevation = (
  sessionKey: string,
  writers: readonly (Writer | undefined)[],
) => string | undefined

type AgentConfig = Config['agents']['list'][number]

/** `tools.elevated` must let everybody whose messages the turn answers, and so must the agent's own. */
export function elevationOf(
  { tools }: Pick<Config, 'tools'>,
  agent: Pick<AgentConfig, 'id' | 'tools' | 'permissions'>,
): Elevation {
  const { mode } = agent.permissions
  const own = `agents.${agent.id}.tools.elevated`
  const gates = [
    { name: 'tools.elevated', rules: tools.elevated },
    ...(agent.tools.elevated?.allowFrom === undefined
      ? []
      : [{ name: own, rules: agent.tools.elevated }]),
  ]
  return (sessionKey, writers) => {
    if (tools.elevated?.enabled !== true) return 'tools.elevated.enabled is not true'
    if (agent.tools.elevated?.enabled === false) return `${own}.enabled is false`
    if (mode !== 'full') return `agents.${agent.id}.permissions.mode is "${mode}"`
    if (parseSessionKey(sessionKey).kind === 'subagent') return 'a sub-agent stays in its sandbox'
    if (writers.length === 0) return 'no message of a person began the turn'
    for (const writer of writers) {
      if (writer === undefined) return 'the turn answers a message that no person wrote'
      const [setting] = gates.filter(({ rules }) => !lists(rules, writer)).map(({ name }) => name)
      if (setting !== undefined)
        return `${writer.senderId} is not in ${setting}.allowFrom.${writer.channel}`
    }
    return undefined
  }
}

function lists(elevated: ElevatedConfig | undefined, { channel, senderId }: Writer): boolean {
  const { allowFrom = {} } = elevated ?? {}
  const list = Object.hasOwn(allowFrom, channel) ? (allowFrom[channel] ?? []) : []
  return list.includes('*') || list.includes(senderId)
}
