/** What Slack tells an app, over a socket or over HTTP, before anything of it was looked at. */
export interface Payload {
  readonly kind: 'event' | 'command'
  readonly body: Fields
}

export type Fields = Readonly<Record<string, unknown>>

/** The message of an event. Everything may be missing: Slack has some forty kinds of messages. */
export interface RawMessage {
  readonly type: string
  readonly subtype?: string
  readonly ts?: string
  readonly event_ts?: string
  readonly channel?: string
  readonly channel_type?: string
  readonly user?: string
  readonly username?: string
  readonly bot_id?: string
  readonly bot_profile?: { readonly name?: string }
  readonly user_team?: string
  readonly team?: string
  readonly text?: string
  readonly thread_ts?: string
  readonly parent_user_id?: string
  readonly files?: readonly RawFile[]
  readonly attachments?: readonly { readonly text?: string; readonly fallback?: string }[]
  /** Of `message_changed` and `message_deleted`. */
  readonly message?: RawMessage
  readonly previous_message?: RawMessage
  readonly deleted_ts?: string
  /** Of histories. */
  readonly latest_reply?: string
}

export interface RawFile {
  readonly id?: string
  readonly name?: string
  readonly title?: string
  readonly mimetype?: string
  readonly size?: number
  readonly mode?: string
}

export interface RawReaction {
  readonly type: string
  readonly user?: string
  readonly reaction?: string
  readonly event_ts?: string
  readonly item?: { readonly type?: string; readonly channel?: string; readonly ts?: string }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function textField(fields: Fields, name: string): string | undefined {
  const value = fields[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The event of an Events API callback. */
export function eventOf({ body }: Payload): Fields | undefined {
  return isFields(body['event']) ? body['event'] : undefined
}

/** The conversation that a payload is about: what happens in one is handed over in order. */
export function conversationOf(payload: Payload): string {
  const event = eventOf(payload)
  if (event === undefined) return textField(payload.body, 'channel_id') ?? ''
  const item = isFields(event['item']) ? textField(event['item'], 'channel') : undefined
  return textField(event, 'channel') ?? item ?? ''
}

/** Slack's id of what it tells: the same however often it tells it. */
export function idOf({ body }: Payload): string {
  const id = textField(body, 'event_id') ?? textField(body, 'trigger_id')
  return id ?? crypto.randomUUID()
}
