import type { MessagesConfig, QueueConfig } from '../config.ts'
import { defaultQueue } from '../defaults/default-values.ts'
import { record } from './collections.ts'
import { object } from './object.ts'
import { described, type Reader } from './reader.ts'
import { oneOf, refine, text, wholeNumber } from './scalars.ts'

/** The `messages` section as it is written. */
export interface MessagesInput {
  readonly queue?: Partial<QueueConfig>
}

const mode = oneOf('queue', 'collect', 'steer', 'interrupt')

/** Elsewhere the oldest message makes room, or a summary of it is kept: both lose what a person wrote. */
const drop: Reader<MessagesConfig['queue']['drop']> = refine(
  text('"new"'),
  (written) =>
    written === 'new'
      ? { value: 'new' }
      : {
          message: `must be "new", not ${JSON.stringify(written.slice(0, 80))}`,
          hint: 'a message that an agent has accepted is always answered: only a new one can be refused',
        },
  { type: 'string', enum: ['new'] },
)

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
)

export const messages: Reader<MessagesInput> = object(
  {},
  { queue: described(queue, 'While an agent is busy.') },
)
