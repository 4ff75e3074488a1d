import type { AgentToAgentBounds } from '../agent-to-agent-config.ts'
import type { ResetRule, SessionConfig } from '../config.ts'
import { defaultReset, defaultSession } from '../defaults/default-values.ts'
import { agentToAgentBounds } from './agent-to-agent.ts'
import { dmScope } from './bindings.ts'
import { list, record } from './collections.ts'
import { object } from './object.ts'
import { described, reader, type Reader } from './reader.ts'
import { oneOf, refine, text, wholeNumber } from './scalars.ts'

const minutes = wholeNumber(1, 525_600)
/** Null is how some write "none". */
const idleMinutes: Reader<number> = reader(
  { ...minutes.schema, type: ['integer', 'null'] },
  (source, report) =>
    source.node.type === 'scalar' && source.node.value === null
      ? undefined
      : minutes(source, report),
)

const rule = {
  mode: described(
    oneOf('daily', 'idle', 'off'),
    'At an hour of each day, after some quiet, or never.',
  ),
  atHour: described(wholeNumber(0, 23), "The hour of the day, by the machine's clock."),
  idleMinutes: described(
    idleMinutes,
    'How long nobody must have been answered; with "daily" whichever comes first.',
  ),
}

const read = object({}, rule)

const reset: Reader<ResetRule> = refine(
  read,
  ({ mode = defaultReset.mode, atHour = defaultReset.atHour, idleMinutes: idle }) => {
    if (mode === 'idle' && idle === undefined)
      return { message: 'mode "idle" needs idleMinutes', hint: 'write idleMinutes: 120' }
    return { value: { mode, atHour, ...(idle === undefined ? {} : { idleMinutes: idle }) } }
  },
  {
    ...read.schema,
    // Where a property is absent, nothing is said of it.
    not: {
      required: ['mode'],
      properties: { mode: { enum: ['idle'] }, idleMinutes: { type: 'null' } },
    },
  },
)

const resetByType: Reader<SessionConfig['resetByType']> = object(
  {},
  {
    dm: described(reset, 'Direct messages.'),
    group: described(reset, 'Rooms.'),
    thread: described(reset, 'Threads and topics.'),
  },
)

/** The `session` section as it is written. */
export interface SessionInput extends Partial<Omit<SessionConfig, 'agentToAgent'>> {
  readonly agentToAgent?: Partial<AgentToAgentBounds>
}

export const session: Reader<SessionInput> = object(
  {},
  {
    mainKey: described(text(), 'The name of the shared conversation.', defaultSession.mainKey),
    dmScope: described(
      dmScope,
      'Which direct messages share a conversation: all that reach an agent, or those of one person.',
      defaultSession.dmScope,
    ),
    identityLinks: described(
      record(list(text())),
      'Person → their accounts as "<channel>:<peer id>": their direct messages are one conversation.',
    ),
    reset: described(reset, 'When a session begins anew; by default each day at 4.'),
    resetByType: described(resetByType, 'The same for direct messages, rooms or threads alone.'),
    agentToAgent: described(agentToAgentBounds, 'How far messages between agents go.'),
    resetByChannel: described(record(reset), 'The same for one channel, by its name; comes first.'),
  },
  { unavailable: ['scope'], withheld: ['sendPolicy'] },
)
