/** `channel` is public, `private` a private channel, `mpim` a group DM, `im` a DM with one person. */
export type ConversationKind = 'channel' | 'private' | 'mpim' | 'im'

/** The fields of a Slack message that this server fills. Texts are on the wire as Slack escapes them. */
export interface SlackMessage {
  readonly type: 'message'
  readonly ts: string
  readonly text: string
  readonly user?: string
  readonly bot_id?: string
  readonly subtype?: string
  readonly thread_ts?: string
  readonly parent_user_id?: string
  readonly files?: readonly SlackFile[]
  readonly edited?: { readonly user: string; readonly ts: string }
  readonly [field: string]: unknown
}

export interface SlackFile {
  readonly id: string
  readonly name: string
  readonly mimetype: string
  readonly size: number
  readonly mode: 'hosted' | 'external'
  readonly url_private: string
  readonly [field: string]: unknown
}

/** One message as the conversation shows it. */
export interface ShownMessage {
  readonly ts: string
  /** As people read it: Slack's escapes undone, `*bold*` without its stars. The text of `markdown_text` is as it was sent. */
  readonly text: string
  readonly message: SlackMessage
  /** Earlier texts, oldest first. */
  readonly history: readonly string[]
  /** Names, as in `thumbsup`, one entry for each person. */
  readonly reactions: readonly string[]
  /** Whom the text notifies: user ids, `here`, `channel`, `everyone`, user group ids. */
  readonly pings: readonly string[]
  /** It is being streamed and not finished. */
  readonly isStreaming: boolean
}

export interface SlackCall {
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
  /** Milliseconds since 1970. */
  readonly at: number
}

/** A refusal in the Web API's own words. Thrown inside the server, never leaves it. */
export class ApiRefusal extends Error {
  readonly error: string
  readonly more: Readonly<Record<string, unknown>>

  constructor(error: string, more: Readonly<Record<string, unknown>> = {}) {
    super(error)
    this.name = 'ApiRefusal'
    this.error = error
    this.more = more
  }
}

export function refuse(error: string, more?: Readonly<Record<string, unknown>>): never {
  throw new ApiRefusal(error, more)
}
