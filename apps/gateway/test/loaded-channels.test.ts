import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createDiscordServer } from '@junctor/testkit/discord'
import { createSlackServer } from '@junctor/testkit/slack'
import { createTelegramServer } from '@junctor/testkit/telegram'
import { createWhatsAppServer } from '@junctor/testkit/whatsapp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInstallation } from './installation.ts'

const preloads = ['loaded-preload.mjs', 'whatsapp-preload.mjs'].map(
  (name) => `--import=${fileURLToPath(new URL(name, import.meta.url))}`,
)

/** What belongs to one channel alone: its package, and the SDK that it speaks through. */
const parts = {
  telegram: /channel-telegram\/|\/grammy\//,
  discord: /channel-discord\/|\/@discordjs\//,
  slack: /channel-slack\/|\/@slack\//,
  whatsapp: /channel-whatsapp\/|\/baileys\/|\/libsignal\//,
  web: /channel-web\//,
} as const
type Name = keyof typeof parts

describe('a gateway process', () => {
  let servers: Awaited<ReturnType<typeof startServers>>

  beforeAll(async () => {
    servers = await startServers()
  })
  afterAll(() => servers.stop())

  it.each([
    ['none', []],
    ['telegram', ['telegram']],
    ['discord', ['discord']],
    ['slack', ['slack']],
    ['whatsapp', ['whatsapp']],
    ['web', ['web']],
    ['telegram and slack', ['telegram', 'slack']],
  ] as const)(
    'loads the packages of its configured channels and no others: %s',
    async (_, names) => {
      const wanted: readonly Name[] = names
      const channels = wanted.map((name) => [name, servers.channels[name]])
      const installation = await createInstallation({
        gateway: { port: 0 },
        agents: { list: [{ id: 'main', model: 'demo/junctor' }] },
        session: { dmScope: 'per-channel-peer' },
        channels: { web: { enabled: false }, ...Object.fromEntries(channels) },
      })
      try {
        const list = join(installation.directory, 'loaded')
        const gateway = await installation.start({
          env: {
            NODE_OPTIONS: preloads.join(' '),
            TEST_LOADED_MODULES: list,
            TEST_WHATSAPP_SERVER: servers.whatsapp,
          },
        })
        const { code, stderr } = await gateway.stop()
        expect(code, stderr).toBe(0)
        const loaded = await readFile(list, 'utf8')
        expect(loaded).toContain('/src/bin.ts')
        const found = Object.entries(parts).filter(([, pattern]) => pattern.test(loaded))
        expect(found.map(([name]) => name).toSorted()).toEqual(wanted.toSorted())
      } finally {
        await installation.close()
      }
    },
    60_000,
  )
})

async function startServers() {
  const token = 'fake-token'
  const slackTokens = { botToken: 'xoxb-fake-token', appToken: 'xapp-fake-token' }
  const [telegram, discord, slack, whatsapp] = await Promise.all([
    createTelegramServer({ bots: [{ token: `1000:${token}`, username: 'bot' }] }),
    createDiscordServer({ bots: [{ token, username: 'bot' }] }),
    createSlackServer({ workspaces: [slackTokens] }),
    createWhatsAppServer({ accounts: [] }),
  ])
  return {
    channels: {
      telegram: { botToken: `1000:${token}`, apiRoot: telegram.url },
      discord: { token, apiRoot: discord.url },
      slack: { ...slackTokens, apiRoot: slack.url },
      whatsapp: { accounts: { biz: {} } },
      web: {},
    },
    whatsapp: `${whatsapp.url} ${whatsapp.mediaUrl}`,
    stop: () => Promise.all([telegram, discord, slack, whatsapp].map((server) => server.stop())),
  }
}
