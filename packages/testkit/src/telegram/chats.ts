import { refuse, type ShownMessage, type TelegramChat, type TelegramMessage } from './types.ts'

/** A chat as one bot sees it. */
export interface ChatState {
  chat: TelegramChat
  readonly messages: Map<number, ChatMessage>
  readonly topics: Set<number>
  /** Why the bot may not write here. */
  forbidden: string | undefined
  migratedTo: number | undefined
}

export interface ChatMessage {
  message: TelegramMessage
  readonly history: string[]
  reactions: readonly string[]
}

export interface Chats {
  /** The chat with this id; made when it is new. */
  ensure(id: number, chat?: Partial<TelegramChat>): ChatState
  find(id: number): ChatState | undefined
  /** The chat that a method names, or the refusal that Telegram gives. */
  writable(chatId: unknown): ChatState
  shown(id: number): readonly ShownMessage[]
  clear(): void
}

export function createChats(): Chats {
  const chats = new Map<number, ChatState>()

  const ensure: Chats['ensure'] = (id, wish = {}) => {
    const known = chats.get(id)
    if (known) {
      if (wish.is_forum && !known.chat.is_forum) known.chat = { ...known.chat, is_forum: true }
      return known
    }
    const state: ChatState = {
      chat: { ...defaultChat(id), ...wish, id },
      messages: new Map(),
      topics: new Set(),
      forbidden: undefined,
      migratedTo: undefined,
    }
    chats.set(id, state)
    return state
  }

  return {
    ensure,
    find: (id) => chats.get(id),
    writable(chatId) {
      const state = chats.get(Number(chatId))
      if (!state) return refuse(400, 'Bad Request: chat not found')
      if (state.migratedTo !== undefined) {
        return refuse(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
          migrate_to_chat_id: state.migratedTo,
        })
      }
      if (state.forbidden) return refuse(403, `Forbidden: ${state.forbidden}`)
      return state
    },
    shown: (id) => [...(chats.get(id)?.messages.values() ?? [])].map(toShown),
    clear: () => chats.clear(),
  }
}

function toShown({ message, history, reactions }: ChatMessage): ShownMessage {
  const text = message.text ?? message.caption ?? ''
  return { id: message.message_id, text, message, history: [...history], reactions }
}

function defaultChat(id: number): TelegramChat {
  if (id > 0) return { id, type: 'private', first_name: `Person ${id}` }
  // Telegram's own ranges: supergroups and channels start with -100.
  if (id <= -1_000_000_000_000) return { id, type: 'supergroup', title: `Supergroup ${id}` }
  return { id, type: 'group', title: `Group ${id}` }
}
