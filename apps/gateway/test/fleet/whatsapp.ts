import { join } from 'node:path'
import { createWhatsAppServer } from '@junctor/testkit/whatsapp'
import { access, numbers, type Conversation, type Fleet } from './conversation.ts'

const accounts = { biz: '15550001111', home: '15550002222' } as const
type Account = keyof typeof accounts

const agents = { biz: 'sales', home: 'family' } as const
const names = ['biz', 'home'] as const

const groupId = (index: number): string => `1203630000000000${index}@g.us`
const personNumber = (index: number): string => `1555222${String(index).padStart(4, '0')}`

export interface WhatsAppFleet extends Fleet {
  /** What the process needs in order to find the server. */
  readonly environment: string
  /** What went wrong in the server itself. */
  readonly problems: readonly unknown[]
}

/** Two numbers that the same people write to: 30 persons and 5 groups each. One group belongs to the other's agent. */
export async function createWhatsAppFleet(folder: string): Promise<WhatsAppFleet> {
  const server = await createWhatsAppServer({
    accounts: names.map((name) => ({ number: accounts[name] })),
  })
  const authDir = (name: Account): string => join(folder, name)
  for (const name of names) {
    const account = server.account(accounts[name])
    await account.writeAuthFolder(authDir(name))
    for (const index of numbers(5))
      account.addGroup({
        id: groupId(index),
        members: numbers(3).map((member) => personNumber(index * 3 + member)),
      })
  }

  const conversationsOf = (name: Account): readonly Conversation[] => {
    const account = server.account(accounts[name])
    const conversation = (chat: string): Conversation => {
      const isGroup = chat.includes('@')
      return {
        name: `whatsapp/${name}/${chat}`,
        agentId: name === 'biz' && chat === groupId(0) ? 'family' : agents[name],
        address: {
          channel: 'whatsapp',
          accountId: name,
          peer: isGroup ? { kind: 'group', id: chat } : { kind: 'dm', id: `+${chat}` },
        },
        say: (text) => void account.say({ chat, text }),
        answers: () =>
          account
            .messages(chat)
            .filter(({ from }) => from === 'self')
            .map(({ text }) => text),
      }
    }
    return [
      ...numbers(30).map((index) => conversation(personNumber(index))),
      ...numbers(5).map((index) => conversation(groupId(index))),
    ]
  }
  const conversations = names.flatMap(conversationsOf)

  return {
    channel: {
      ...access,
      accounts: Object.fromEntries(names.map((name) => [name, { authDir: authDir(name) }])),
    },
    bindings: [
      {
        agentId: 'family',
        match: {
          channel: 'whatsapp',
          accountId: 'biz',
          peer: { kind: 'group', id: groupId(0) },
        },
      },
      ...names.map((name) => ({
        agentId: agents[name],
        match: { channel: 'whatsapp', accountId: name },
      })),
    ],
    conversations,
    isIdempotent: true,
    isOnline: () => names.every((name) => server.account(accounts[name]).isOnline()),
    // The server knows nobody but the people of these conversations.
    strays: () => 0,
    isSettled: () => names.every((name) => server.account(accounts[name]).waiting().length === 0),
    stop: () => server.stop(),
    environment: `${server.url} ${server.mediaUrl}`,
    problems: server.problems,
  }
}
