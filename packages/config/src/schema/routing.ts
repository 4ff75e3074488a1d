import type { PolicyCondition, PolicyConfig, RoutingConfig, TimeWindow } from '../config.ts'
import { defaultRouting } from '../defaults/default-values.ts'
import { agentId, agentName } from './agent-id.ts'
import { matchKeys } from './bindings.ts'
import { list, record } from './collections.ts'
import { object } from './object.ts'
import { described, reader, type Reader } from './reader.ts'
import { oneOf, refine, text } from './scalars.ts'

const clockTime = refine(
  text('a time such as "18:00"'),
  (written) =>
    /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(written)
      ? { value: written }
      : { message: `must be a time such as "18:00", not ${JSON.stringify(written.slice(0, 80))}` },
  { type: 'string', pattern: '^(?:[01]\\d|2[0-3]):[0-5]\\d$' },
)

const timeZone = refine(text('the name of a time zone'), (written) => {
  try {
    return {
      value: new Intl.DateTimeFormat('en', { timeZone: written }).resolvedOptions().timeZone,
    }
  } catch {
    const message = `there is no time zone ${JSON.stringify(written.slice(0, 80))}`
    return { message, hint: 'write a name such as "Europe/Berlin"' }
  }
})

const time: Reader<TimeWindow> = object(
  {},
  {
    from: described(clockTime, 'From this time of day on. Default: 00:00.'),
    to: described(clockTime, 'Up to this time; not later than "from" means the next day.'),
    days: described(
      list(oneOf('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')),
      'Days on which the time begins. Default: every day.',
    ),
    timeZone: described(timeZone, 'Such as Europe/Berlin. Default: that of the machine.'),
  },
)

const state = oneOf('available', 'busy', 'paused', 'over-budget', 'failing')
const agentStates = refine(record(state, agentName), (states) => ({
  value: Object.fromEntries(
    Object.entries(states).map(([id, wanted]) => [id.toLowerCase(), wanted]),
  ),
}))

const { channel, ...otherKeys } = matchKeys
const when: Reader<PolicyCondition> = object(
  {},
  {
    channel: described(channel, 'The channel. Absent: every one.'),
    ...otherKeys,
    sender: described(list(text('an id as text')), 'Any one of these people.'),
    text: described(
      text('a pattern'),
      'A regular expression that the text has in it, whatever the case; without look-around and back-references.',
    ),
    time: described(time, 'When the message comes.'),
    agentState: described(agentStates, 'Agent → the state that it must be in.'),
  },
)

const role = refine(text(), (written) => ({ value: written }), {
  type: 'string',
  pattern: '^role:.*\\S',
})
const target: Reader<string> = reader(
  { anyOf: [agentId.schema, role.schema] },
  (source, report) => {
    const { node } = source
    const isRole =
      node.type === 'scalar' && typeof node.value === 'string' && /^role:.*\S/u.test(node.value)
    return (isRole ? role : agentId)(source, report)
  },
)

const policy: Reader<PolicyConfig> = object(
  {
    when: described(when, 'What a message must have: every field that is written.'),
    to: described(
      target,
      'The agent that answers, or "role:<role>" for the first that has the role.',
    ),
  },
  {
    id: described(text(), 'A name for explanations; unique.'),
    else: described(list(agentId), 'Who answers while that agent cannot, before its own fallback.'),
    comment: described(text(), 'For people; no effect.'),
  },
)

export const routing: Reader<Partial<RoutingConfig>> = object(
  {},
  {
    omittedAccount: described(
      oneOf('any', 'default'),
      'What a binding without accountId means: every account of the channel, or the one named default.',
      defaultRouting.omittedAccount,
    ),
    policies: described(
      list(policy),
      'Rules for messages that no binding catches, tried in order before the default agent.',
    ),
    onUnavailable: described(
      oneOf('fallback', 'queue', 'reject'),
      'While an agent is paused, over budget or failing: its fallback answers (without one, people are told), its messages wait, or people are told.',
      defaultRouting.onUnavailable,
    ),
  },
)
