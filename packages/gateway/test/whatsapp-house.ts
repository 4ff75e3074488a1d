import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { whatsapp } from '@junctor/channel-whatsapp'
import {
  createWhatsAppServer,
  type WhatsAppAccount,
  type WhatsAppServer,
} from '@junctor/testkit/whatsapp'
import { openHouse, type House, type Settings } from './house.ts'

/** A house with WhatsApp numbers that have been linked before. */
export interface WhatsAppHouse extends House {
  readonly whatsapp: WhatsAppServer
  /** The phone behind an account of the config. */
  phone(accountId: string): WhatsAppAccount
  /** What an account wrote in a chat, oldest first, once there is so much. */
  untilAnswers(accountId: string, chat: string, count: number): Promise<readonly string[]>
}

const numbers: Readonly<Record<string, string>> = { biz: '15550001111', home: '15550002222' }

export async function openWhatsAppHouse(
  settings: Pick<Settings, 'agents' | 'bindings' | 'more'> & {
    readonly accounts?: readonly string[]
  },
): Promise<WhatsAppHouse> {
  const accountIds = settings.accounts ?? ['biz']
  const folder = await mkdtemp(join(tmpdir(), 'junctor-numbers-'))
  const accounts = accountIds.map((id) => ({ number: numbers[id] ?? '' }))
  const server = await createWhatsAppServer({ accounts })
  const phone = (id: string): WhatsAppAccount => server.account(numbers[id] ?? '')
  const entries = accountIds.map((id) => [id, { authDir: join(folder, id) }] as const)
  for (const [id, { authDir }] of entries) await phone(id).writeAuthFolder(authDir)

  const channel = whatsapp({
    server: { webSocketUrl: server.url, mediaUrl: server.mediaUrl },
    firstBackoffMs: 20,
    maxBackoffMs: 200,
  })
  const house = await openHouse(
    {
      ...settings,
      accounts: [],
      more: {
        ...settings.more,
        channels: {
          whatsapp: {
            dmPolicy: 'open',
            groupPolicy: 'open',
            accounts: Object.fromEntries(entries),
          },
        },
      },
    },
    { channels: { whatsapp: channel } },
  )
  const answersIn = (accountId: string, chat: string): readonly string[] =>
    phone(accountId)
      .messages(chat)
      .filter(({ from }) => from === 'self')
      .map(({ text }) => text)
  const close = house.close
  return Object.assign(house, {
    whatsapp: server,
    phone,
    async untilAnswers(accountId: string, chat: string, count: number) {
      await server.waitFor(() => answersIn(accountId, chat).length >= count, { timeoutMs: 20_000 })
      return answersIn(accountId, chat)
    },
    async close() {
      await close()
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  })
}
