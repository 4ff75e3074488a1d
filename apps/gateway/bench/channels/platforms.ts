import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDiscordServer } from '@junctor/testkit/discord'
import { createSlackServer } from '@junctor/testkit/slack'
import { createTelegramServer } from '@junctor/testkit/telegram'
import { createWhatsAppServer } from '@junctor/testkit/whatsapp'
import type { BenchPlatform } from './platform.ts'

const PERSON = '15552220001'

/** How each platform is made, by the name of its channel. */
export const platforms: Readonly<Record<string, (accounts: number) => Promise<BenchPlatform>>> = {
  telegram,
  discord,
  slack,
  whatsapp,
}

async function telegram(count: number): Promise<BenchPlatform> {
  const tokens = ids(count).map((id) => `${1000 + id}:fake-token`)
  const server = await createTelegramServer({
    bots: tokens.map((token, id) => ({ token, username: `bench_${id}_bot` })),
  })
  const bots = tokens.map((token) => server.bot(token))
  return {
    name: 'telegram',
    accounts: byId(tokens, (botToken) => ({ botToken, apiRoot: server.url })),
    say: (account, text) => void bots[account]?.say({ chat: 42, text }),
    sent: () => sum(bots.map((bot) => bot.countCalls('sendMessage'))),
    isOnline: (account) => bots[account]?.isPolled() === true,
    waitFor: server.waitFor,
    stop: () => server.stop(),
  }
}

async function discord(count: number): Promise<BenchPlatform> {
  const tokens = ids(count).map((id) => `fake-token-${id}`)
  const server = await createDiscordServer({
    bots: tokens.map((token, id) => ({ token, username: `bench_${id}` })),
  })
  server.addGuild()
  const bots = tokens.map((token) => server.bot(token))
  return {
    name: 'discord',
    accounts: byId(tokens, (token) => ({ token, apiRoot: server.url })),
    say: (account, text) =>
      void server.say({ channel: bots[account]?.directChannel(42) ?? '', text }),
    sent: () => sum(bots.map((bot) => bot.countCalls('POST /channels/*/messages'))),
    isOnline: (account) => bots[account]?.isConnected() === true,
    waitFor: server.waitFor,
    stop: () => server.stop(),
  }
}

async function slack(count: number): Promise<BenchPlatform> {
  const tokens = ids(count).map((id) => ({
    botToken: `xoxb-${1000 + id}`,
    appToken: `xapp-${1000 + id}`,
  }))
  const server = await createSlackServer({ workspaces: tokens, ackTimeoutMs: 60_000 })
  const workspaces = tokens.map(({ botToken }) => server.workspace(botToken))
  return {
    name: 'slack',
    accounts: byId(tokens, (token) => ({ ...token, apiRoot: server.url })),
    say: (account, text) => void workspaces[account]?.say({ channel: 'U42', text }),
    sent: () => sum(workspaces.map((workspace) => workspace.countCalls('chat.postMessage'))),
    isOnline: (account) => (workspaces[account]?.connections() ?? 0) > 0,
    waitFor: server.waitFor,
    stop: () => server.stop(),
  }
}

async function whatsapp(count: number): Promise<BenchPlatform> {
  // The Signal library of the fake's phones prints its keys.
  for (const level of ['info', 'warn', 'error'] as const) console[level] = () => {}
  const folder = await mkdtemp(join(tmpdir(), 'junctor-bench-'))
  const numbers = ids(count).map((id) => `1555000${1000 + id}`)
  const server = await createWhatsAppServer({ accounts: numbers.map((number) => ({ number })) })
  const accounts = numbers.map((number) => server.account(number))
  for (const account of accounts) await account.writeAuthFolder(join(folder, account.number))
  return {
    name: 'whatsapp',
    accounts: byId(numbers, (number) => ({ authDir: join(folder, number) })),
    say: (account, text) => void accounts[account]?.say({ chat: PERSON, text }),
    sent: () => sum(accounts.map((account) => account.countCalls('send'))),
    isOnline: (account) => accounts[account]?.isOnline() === true,
    waitFor: server.waitFor,
    server: { webSocketUrl: server.url, mediaUrl: server.mediaUrl },
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function ids(count: number): readonly number[] {
  return Array.from({ length: count }, (_, id) => id)
}

function byId<Item>(
  items: readonly Item[],
  toSettings: (item: Item) => object,
): Readonly<Record<string, object>> {
  return Object.fromEntries(items.map((item, id) => [`a${id}`, toSettings(item)]))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
