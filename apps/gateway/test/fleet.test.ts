import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Delivery } from '@junctor/store'
import { openSqliteStore } from '@junctor/store-sqlite'
import { createRandom } from '@junctor/testkit'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { numbers, type Conversation, type Fleet } from './fleet/conversation.ts'
import { createDiscordFleet } from './fleet/discord.ts'
import { createSlackFleet } from './fleet/slack.ts'
import { createTelegramFleet } from './fleet/telegram.ts'
import { createWhatsAppFleet, type WhatsAppFleet } from './fleet/whatsapp.ts'
import { createInstallation, type Installation, type RunningGateway } from './installation.ts'

const KILLS = 3
const agentIds = ['main', 'sales', 'family', 'news', 'desk', 'games', 'work', 'office'] as const
const preload = fileURLToPath(new URL('whatsapp-preload.mjs', import.meta.url))
const seed = Number(process.env['JUNCTOR_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

describe(`one gateway process with all accounts, killed ${KILLS} times under load (JUNCTOR_TEST_SEED=${seed})`, () => {
  const { below } = createRandom(seed)
  const said = new Map<Conversation, string[]>()
  let folder: string
  let models: ModelServer
  let whatsapp: WhatsAppFleet
  let fleets: Readonly<Record<string, Fleet>>
  let conversations: readonly Conversation[]
  let installation: Installation
  let deliveries: ReadonlyMap<string, Delivery>

  const sayEverywhere = (): void => {
    for (const conversation of conversations) {
      const texts = said.get(conversation) ?? []
      const text = `${conversation.name} ${texts.length + 1}`
      said.set(conversation, [...texts, text])
      conversation.say(text)
    }
  }
  const wantedIn = (conversation: Conversation): readonly string[] =>
    (said.get(conversation) ?? []).map((text) => `${conversation.agentId} on ${text}`)

  /** After so many of a wave's turns have begun; the point itself has no event that could be awaited. */
  const randomMoment = async (): Promise<void> => {
    const asked = models.stats().requests
    const count = 1 + below(conversations.length - 50)
    await models.waitFor(() => models.stats().requests >= asked + count, { timeoutMs: 60_000 })
    await sleep(below(50))
  }

  const allAnswered = async (): Promise<void> => {
    let left = conversations
    await vi.waitFor(
      () => {
        left = left.filter((conversation) => {
          const last = wantedIn(conversation).at(-1) ?? ''
          return !conversation.answers().includes(last)
        })
        const names = left.map(({ name }) => name)
        if (left.length > 0) throw new Error(`Not answered: ${names.slice(0, 10).join(', ')}`)
      },
      { timeout: 120_000, interval: 200 },
    )
  }

  const start = async (): Promise<RunningGateway> => {
    const gateway = await installation.start()
    await vi.waitFor(
      () => {
        const offline = Object.keys(fleets).filter((name) => fleets[name]?.isOnline() !== true)
        if (offline.length > 0) throw new Error(`Not online: ${offline.join(', ')}`)
      },
      { timeout: 60_000, interval: 50 },
    )
    return gateway
  }

  beforeAll(async () => {
    // The Signal library of the test's own phones prints its keys.
    for (const level of ['info', 'warn', 'error'] as const)
      vi.spyOn(console, level).mockReturnValue()
    folder = await mkdtemp(join(tmpdir(), 'junctor-fleet-'))
    models = await createModelServer()
    whatsapp = await createWhatsAppFleet(folder)
    const [telegram, discord, slack] = await Promise.all([
      createTelegramFleet(),
      createDiscordFleet(),
      createSlackFleet(),
    ])
    fleets = { whatsapp, telegram, discord, slack }
    conversations = Object.values(fleets).flatMap((fleet) => fleet.conversations)
    models.respond(({ model, lastUserText }) => {
      const text = /\w+\/\S+ \d+$/.exec(lastUserText)?.[0] ?? `unreadable: ${lastUserText}`
      // Slow enough for its beginning to be shown.
      const isSlow = below(15) === 0
      return {
        text: `${model.replace('model-of-', '')} on ${text}`,
        chunkSize: 200,
        chunkDelayMs: isSlow ? 600 : below(3),
      }
    })
    installation = await createInstallation(
      {
        gateway: { port: 0 },
        agents: { list: agentIds.map((id) => ({ id, model: `anthropic/model-of-${id}` })) },
        bindings: Object.values(fleets).flatMap(({ bindings }) => bindings),
        session: { dmScope: 'per-account-channel-peer' },
        channels: {
          web: { enabled: false },
          ...Object.fromEntries(Object.entries(fleets).map(([id, { channel }]) => [id, channel])),
        },
        models: {
          providers: { anthropic: { baseUrl: models.baseUrl('anthropic'), apiKey: 'fake-key' } },
        },
      },
      {
        NODE_OPTIONS: `--import=${preload}`,
        TEST_WHATSAPP_SERVER: whatsapp.environment,
      },
    )

    for (const kill of numbers(KILLS)) {
      const gateway = await start()
      // What was said while nobody listened is in work too, from the second time on.
      const moment = randomMoment()
      sayEverywhere()
      await moment
      await gateway.kill()
      if (kill === 0) sayEverywhere()
    }
    const last = await start()
    await allAnswered()
    await last.stop()
    deliveries = await readDeliveries()
  }, 300_000)
  afterAll(async () => {
    await installation.close()
    await Promise.all([...Object.values(fleets).map((fleet) => fleet.stop()), models.close()])
    await rm(folder, { recursive: true, force: true })
  })

  /** What the store says about each answer, by its text. */
  const readDeliveries = async (): Promise<ReadonlyMap<string, Delivery>> => {
    const store = openSqliteStore({ stateDir: installation.stateDir, mode: 'read-only' })
    try {
      const found = new Map<string, Delivery>()
      for (const { agentId, address } of conversations)
        for (const entry of await store.agent(agentId).conversation(address, { limit: 1_000 }))
          if (entry.type === 'out') found.set(textOf(entry.delivery.body), entry.delivery)
      return found
    } finally {
      await store.close()
    }
  }

  it('is 400 conversations of four platforms and six accounts', () => {
    expect(conversations).toHaveLength(400)
    expect(new Set(conversations.map(({ name }) => name)).size).toBe(400)
    const accounts = conversations.map(({ address }) => `${address.channel}/${address.accountId}`)
    expect([...new Set(accounts)].toSorted()).toEqual([
      'discord/default',
      'slack/default',
      'telegram/desk',
      'telegram/news',
      'whatsapp/biz',
      'whatsapp/home',
    ])
    expect([...new Set(conversations.map(({ agentId }) => agentId))].toSorted()).toEqual(
      agentIds.toSorted(),
    )
  })

  it('answers every message, by the right agent, from the right account, in the order of its conversation', () => {
    for (const conversation of conversations) {
      const answers = conversation.answers()
      const distinct = answers.filter((text, index) => answers[index - 1] !== text)
      expect(distinct, conversation.name).toEqual(wantedIn(conversation))
    }
  })

  it('writes nothing anywhere else', () => {
    const strays = Object.entries(fleets).map(([name, fleet]) => [name, fleet.strays()])
    expect(strays).toEqual(Object.keys(fleets).map((name) => [name, 0]))
  })

  it('shows an answer once where the platform knows the key of a message', () => {
    for (const { isIdempotent, conversations: own } of Object.values(fleets))
      if (isIdempotent)
        for (const conversation of own)
          expect(conversation.answers(), conversation.name).toEqual(wantedIn(conversation))
  })

  it('shows an answer twice elsewhere only where the store counts its delivery as in doubt', () => {
    for (const conversation of conversations)
      for (const [text, shown] of Map.groupBy(conversation.answers(), (answer) => answer))
        expect(shown.length, text).toBeLessThanOrEqual(1 + (deliveries.get(text)?.unknowns ?? 0))
  })

  it('has an outcome for each answer, and leaves the platforms nothing to offer again', () => {
    const wanted = conversations.flatMap(wantedIn)
    expect(wanted.filter((text) => deliveries.get(text)?.state !== 'sent')).toEqual([])
    expect(deliveries.size).toBe(wanted.length)
    const unsettled = Object.keys(fleets).filter((name) => fleets[name]?.isSettled() !== true)
    expect(unsettled).toEqual([])
    expect(whatsapp.problems).toEqual([])
  })
})

function textOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'text' in body ? String(body.text) : ''
}
