export type ChatType = 'private' | 'group' | 'supergroup' | 'channel'

export interface TelegramChat {
  readonly id: number
  readonly type: ChatType
  readonly title?: string
  readonly first_name?: string
  readonly username?: string
  readonly is_forum?: true
}

export interface TelegramUser {
  readonly id: number
  readonly is_bot: boolean
  readonly first_name: string
  readonly last_name?: string
  readonly username?: string
}

/** Offsets and lengths count UTF-16 code units: https://core.telegram.org/bots/api#messageentity */
export interface TelegramEntity {
  readonly type: string
  readonly offset: number
  readonly length: number
  readonly url?: string
  readonly language?: string
  readonly user?: TelegramUser
}

export interface TelegramFile {
  readonly file_id: string
  readonly file_unique_id: string
  readonly file_size?: number
  readonly file_name?: string
  readonly mime_type?: string
}

/** The fields of a Bot API message that this server fills. */
export interface TelegramMessage {
  readonly message_id: number
  readonly date: number
  readonly chat: TelegramChat
  readonly from?: TelegramUser
  readonly sender_chat?: TelegramChat
  readonly text?: string
  readonly caption?: string
  readonly entities?: readonly TelegramEntity[]
  readonly caption_entities?: readonly TelegramEntity[]
  readonly edit_date?: number
  readonly message_thread_id?: number
  readonly is_topic_message?: true
  readonly reply_to_message?: TelegramMessage
  readonly media_group_id?: string
  readonly migrate_to_chat_id?: number
  readonly migrate_from_chat_id?: number
  readonly photo?: readonly TelegramFile[]
  readonly document?: TelegramFile
  readonly audio?: TelegramFile
  readonly video?: TelegramFile
  readonly voice?: TelegramFile
  readonly [field: string]: unknown
}

export interface TelegramUpdate {
  readonly update_id: number
  readonly [kind: string]: unknown
}

/** One message as the chat shows it, with the texts it had before. */
export interface ShownMessage {
  readonly id: number
  readonly text: string
  readonly message: TelegramMessage
  /** Earlier texts, oldest first. */
  readonly history: readonly string[]
  readonly reactions: readonly string[]
}

export interface TelegramCall {
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
  /** Milliseconds since 1970. */
  readonly at: number
}

/** A refusal in the Bot API's own words. Thrown inside the server, never leaves it. */
export class ApiFailure extends Error {
  readonly status: number
  readonly parameters: Readonly<Record<string, number>> | undefined

  constructor(status: number, description: string, parameters?: Readonly<Record<string, number>>) {
    super(description)
    this.name = 'ApiFailure'
    this.status = status
    this.parameters = parameters
  }
}

export function refuse(
  status: number,
  description: string,
  parameters?: Readonly<Record<string, number>>,
): never {
  throw new ApiFailure(status, description, parameters)
}

/** One entry of a bot's menu. */
export interface TelegramCommand {
  readonly command: string
  readonly description: string
}
