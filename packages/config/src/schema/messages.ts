import type { GroupChatConfig, QueueConfig } from '../config.ts'
import { defaultQueue } from '../defaults/default-values.ts'
import { record } from './collections.ts'
import { groupChat } from './group-chat.ts'
import { object } from './object.ts'
import { described, placeOf, quote, reader, type Reader } from './reader.ts'
import { oneOf, wholeNumber } from './scalars.ts'

/** The `messages` section as it is written. */
export interface MessagesInput {
  readonly queue?: Partial<QueueConfig>
  readonly groupChat?: Partial<GroupChatConfig>
}

const mode = oneOf('queue', 'collect', 'steer', 'interrupt')

/** Elsewhere the oldest message makes room, or a summary of it is kept: both lose what a person wrote. */
const drop: Reader<QueueConfig['drop']> = reader(
  { type: 'string', enum: ['new'] },
  (source, report) => {
    const { node } = source
    if (node.type !== 'scalar' || (node.value !== 'old' && node.value !== 'summarize'))
      return oneOf('new')(source, report)
    report.unavailable(
      placeOf(source),
      `${quote(node.value)} is not available: a message that an agent has accepted is always answered`,
      'remove it: a new message is refused, and its sender told',
    )
    return undefined
  },
)

const later = [
  'inbound',
  'messagePrefix',
  'responsePrefix',
  'ackReaction',
  'ackReactionScope',
  'removeAckAfterReply',
  'tts',
]

const queue: Reader<Partial<QueueConfig>> = object(
  {},
  {
    mode: described(
      mode,
      'A turn for each message, one for those that wait, into the running turn, or instead of it.',
      defaultQueue.mode,
    ),
    byChannel: described(record(mode), 'The same for one channel, by its name.'),
    debounceMs: described(
      wholeNumber(0, 60_000),
      'How long nobody must have written before collected messages are answered.',
      defaultQueue.debounceMs,
    ),
    cap: described(
      wholeNumber(1, 1_000),
      'Messages that may wait in one session; one more is refused, and its sender told.',
      defaultQueue.cap,
    ),
    drop: described(drop, 'Which message is refused then.', defaultQueue.drop),
  },
  { unavailable: ['debounceMsByChannel'] },
)

export const messages: Reader<MessagesInput> = object(
  {},
  {
    queue: described(queue, 'While an agent is busy.'),
    groupChat: described(groupChat, 'In rooms, for agents that do not say otherwise themselves.'),
  },
  { unavailable: later },
)
