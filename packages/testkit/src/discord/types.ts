/** https://discord.com/developers/docs/resources/user#user-object */
export interface DiscordUser {
  readonly id: string
  readonly username: string
  readonly global_name: string | null
  readonly discriminator: string
  readonly avatar: null
  readonly bot?: true
}

export interface DiscordAttachment {
  readonly id: string
  readonly filename: string
  readonly size: number
  readonly url: string
  readonly proxy_url: string
  readonly content_type?: string
}

/** The fields of https://discord.com/developers/docs/resources/message#message-object that this server fills. */
export interface DiscordMessage {
  readonly id: string
  readonly type: number
  readonly channel_id: string
  readonly author: DiscordUser
  readonly content: string
  readonly timestamp: string
  readonly edited_timestamp: string | null
  readonly mention_everyone: boolean
  readonly mentions: readonly DiscordUser[]
  readonly mention_roles: readonly string[]
  readonly attachments: readonly DiscordAttachment[]
  readonly message_reference?: { readonly message_id: string; readonly channel_id: string }
  /** Null when the answered message was deleted. */
  readonly referenced_message?: DiscordMessage | null
  readonly nonce?: string | number
  readonly webhook_id?: string
  readonly [field: string]: unknown
}

/** https://discord.com/developers/docs/resources/channel#channel-object */
export interface DiscordChannel {
  readonly id: string
  readonly type: number
  readonly guild_id?: string
  readonly name?: string
  readonly parent_id?: string | null
  readonly last_message_id: string | null
  readonly recipients?: readonly DiscordUser[]
  readonly thread_metadata?: {
    readonly archived: boolean
    readonly locked: boolean
    readonly auto_archive_duration: number
    readonly archive_timestamp: string
  }
}

/** Numbers of https://discord.com/developers/docs/resources/channel#channel-object-channel-types */
export const channelTypes = {
  text: 0,
  dm: 1,
  voice: 2,
  category: 4,
  thread: 11,
  forum: 15,
} as const

/** One message as the conversation shows it. */
export interface ShownDiscordMessage {
  readonly id: string
  /** Without the marks of Discord's markup. */
  readonly text: string
  readonly message: DiscordMessage
  /** Earlier contents, oldest first. */
  readonly history: readonly string[]
  /** Emojis by whoever gave them. */
  readonly reactions: readonly { readonly emoji: string; readonly userId: string }[]
  /** Who was notified: ids of people and roles, and `everyone`. */
  readonly pinged: readonly string[]
}

export interface DiscordCall {
  /** For example `POST /channels/1/messages`. */
  readonly route: string
  readonly body: Readonly<Record<string, unknown>>
  /** Names of uploaded files. */
  readonly files: readonly string[]
  /** Milliseconds since 1970. */
  readonly at: number
}

/** A refusal in Discord's own words. Thrown inside the server, never leaves it. */
export class DiscordRefusal extends Error {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>

  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(String(body['message']))
    this.name = 'DiscordRefusal'
    this.status = status
    this.body = body
  }
}

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes */
export function refuse(
  status: number,
  code: number,
  message: string,
  more: Readonly<Record<string, unknown>> = {},
): never {
  throw new DiscordRefusal(status, { message, code, ...more })
}

/** A form field that Discord does not take. */
export function refuseField(field: string, code: string, message: string): never {
  return refuse(400, 50_035, 'Invalid Form Body', {
    errors: { [field]: { _errors: [{ code, message }] } },
  })
}
