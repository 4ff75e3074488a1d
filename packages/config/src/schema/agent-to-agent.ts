import type {
  AgentToAgentBounds,
  AgentToAgentRule,
  AgentToAgentRules,
} from '../agent-to-agent-config.ts'
import { defaultAgentToAgent, defaultAgentToAgentBounds } from '../defaults/default-values.ts'
import { list } from './collections.ts'
import { object } from './object.ts'
import { described, mustBe, reader, type Reader } from './reader.ts'
import { boolean, refine, text, wholeNumber } from './scalars.ts'

/** An agent id, or a pattern with `*`. */
export const glob = refine(
  text(),
  (written) => {
    const value = written.toLowerCase()
    return /^[a-z0-9_*-]{1,64}$/.test(value)
      ? { value }
      : { message: `${JSON.stringify(written.slice(0, 80))} is neither an agent id nor a pattern` }
  },
  { type: 'string', pattern: '^[A-Za-z0-9_*-]{1,64}$' },
)

const pair = object(
  {
    from: described(glob, 'The agent that writes.'),
    to: described(glob, 'The agent that is written to.'),
  },
  {},
)

const rule: Reader<AgentToAgentRule> = reader(
  { anyOf: [glob.schema, pair.schema] },
  (source, report) => {
    const { node } = source
    if (node.type === 'object') return pair(source, report)
    if (node.type !== 'scalar' || typeof node.value !== 'string')
      return mustBe(source, report, 'an agent id, a pattern such as "team-*", or { from, to }')
    return glob(source, report)
  },
)

/** `tools.agentToAgent` as it is written. */
export const agentToAgentRules: Reader<Partial<AgentToAgentRules>> = object(
  {},
  {
    enabled: described(
      boolean(),
      'Whether agents may reach each other at all.',
      defaultAgentToAgent.enabled,
    ),
    allow: described(
      list(rule),
      'Agent ids or patterns, of which both ends need one, or { from, to }. Empty: nobody.',
    ),
  },
)

/** `session.agentToAgent` as it is written. */
export const agentToAgentBounds: Reader<Partial<AgentToAgentBounds>> = object(
  {},
  {
    maxPingPongTurns: described(
      wholeNumber(0, 5),
      'Answers that are passed on in one exchange of two agents.',
      defaultAgentToAgentBounds.maxPingPongTurns,
    ),
    maxHops: described(
      wholeNumber(1, 100),
      "Messages between agents that may follow from one person's message, one out of the other.",
      defaultAgentToAgentBounds.maxHops,
    ),
  },
)
