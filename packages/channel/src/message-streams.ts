import type { Address } from './envelope.ts'
import type { Outbound, SendOptions, Sent } from './outbound.ts'

export interface StreamOptions extends SendOptions {
  /** Platform id of the person who is answered, for platforms that stream to one reader. */
  readonly recipientId?: string
}

/**
 * Messages that grow while they are written. Calls of one stream come one after the other. A call that was `RATE_LIMITED`
 * added nothing and may be made again; after any other failure a stream takes no more, and `edit` sets its text.
 *
 * `edit` of a message whose stream is still open, as after a crash, ends the stream and replaces the whole text.
 */
export interface MessageStreams {
  /** Post the beginning. Rejects like `send`, and with `UNSUPPORTED`, without having posted, where no message can grow. */
  begin(to: Address, message: Outbound, options: StreamOptions): Promise<Sent>
  /** Add to the text, in the format it was begun in. Pieces may end anywhere, in the middle of a word or of its markup. */
  append(to: Address, nativeId: string, text: string, options: SendOptions): Promise<void>
  /** Add the last piece, which may be empty, and end it: from now on it is a message like any other. */
  finish(to: Address, nativeId: string, text: string, options: SendOptions): Promise<void>
}
