import { setTimeout as sleep } from 'node:timers/promises'
import type { Delivery } from '@junctor/store'
import { openSqliteStore } from '@junctor/store-sqlite'
import { createRandom } from '@junctor/testkit'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import {
  createTelegramServer,
  type TelegramBot,
  type TelegramServer,
} from '@junctor/testkit/telegram'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInstallation, type Installation } from './installation.ts'

const KILLS = 20
/** A message that is in work at eight kills is given up. So that this is none of them, the gateway may catch up now and then. */
const KILLS_IN_A_ROW = 5
const CHATS = Array.from({ length: 20 }, (_, index) => 100 + index)
const token = '1000:fake-token-for-kills'

const seed = Number(process.env['JUNCTOR_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

describe(`a gateway process that is killed ${KILLS} times under load (JUNCTOR_TEST_SEED=${seed})`, () => {
  const { below } = createRandom(seed)
  const said = new Map<number, string[]>(CHATS.map((chat) => [chat, []]))
  let platform: TelegramServer
  let models: ModelServer
  let bot: TelegramBot
  let installation: Installation
  let deliveries: ReadonlyMap<string, Delivery>

  const sayEverywhere = (): void => {
    for (const chat of CHATS) {
      const texts = said.get(chat) ?? []
      const text = `chat ${chat} message ${texts.length + 1}`
      texts.push(text)
      bot.say({ chat, text })
    }
  }
  const answersIn = (chat: number): readonly string[] =>
    bot
      .messages(chat)
      .filter(({ message }) => message.from?.is_bot === true)
      .map(({ text }) => text)

  /** Something that happens while the gateway works, counted from now on: the kill comes just after. */
  const randomMoment = async (): Promise<void> => {
    const method = ['getUpdates', 'sendMessage', 'sendMessage', 'model'][below(4)] ?? 'model'
    const count = method === 'getUpdates' ? 1 : 1 + below(15)
    if (method === 'model') {
      const asked = models.stats().requests
      await models.waitFor(() => models.stats().requests >= asked + count, { timeoutMs: 20_000 })
    } else {
      const called = bot.countCalls(method)
      await platform.waitFor(() => bot.countCalls(method) >= called + count, { timeoutMs: 20_000 })
    }
    // From the moment on, a little further: the point itself has no event that could be awaited.
    await sleep(below(20))
  }

  const allAnswered = async (): Promise<void> => {
    const isAnswered = (chat: number): boolean =>
      answersIn(chat).includes(`answer to ${said.get(chat)?.at(-1)}`)
    await platform.waitFor(() => CHATS.every(isAnswered), { timeoutMs: 60_000 })
  }

  beforeAll(async () => {
    platform = await createTelegramServer({ bots: [{ token, username: 'kill_bot' }] })
    models = await createModelServer()
    models.respond(({ lastUserText }) => ({
      text: `answer to ${lastUserText}`,
      chunkDelayMs: below(4) === 0 ? below(8) : 0,
    }))
    bot = platform.bot(token)
    installation = await createInstallation({
      gateway: { port: 0 },
      agents: { list: [{ id: 'main', model: 'anthropic/claude-test' }] },
      session: { dmScope: 'per-peer' },
      channels: { telegram: { dmPolicy: 'open', botToken: token, apiRoot: platform.url } },
      models: {
        providers: { anthropic: { baseUrl: models.baseUrl('anthropic'), apiKey: 'fake-key' } },
      },
    })

    for (let kill = 1; kill <= KILLS; kill += 1) {
      sayEverywhere()
      let moment = randomMoment()
      const gateway = await installation.start()
      if (kill % KILLS_IN_A_ROW === 0) {
        await moment
        await allAnswered()
        moment = randomMoment()
      }
      sayEverywhere()
      await moment
      await gateway.kill()
    }
    sayEverywhere()
    const last = await installation.start()
    await allAnswered()
    await last.stop()
    deliveries = await readDeliveries()
  }, 150_000)
  afterAll(async () => {
    await installation.close()
    await Promise.all([platform.stop(), models.close()])
  })

  /** What the store says about each answer, by its text. */
  const readDeliveries = async (): Promise<ReadonlyMap<string, Delivery>> => {
    const store = openSqliteStore({ stateDir: installation.stateDir, mode: 'read-only' })
    try {
      const agent = store.agent('main')
      const found = new Map<string, Delivery>()
      for (const chat of CHATS) {
        const peer = { kind: 'dm', id: String(chat) } as const
        const address = { channel: 'telegram', accountId: 'default', peer }
        for (const entry of await agent.conversation(address, { limit: 1_000 }))
          if (entry.type === 'out') found.set(textOf(entry.delivery.body), entry.delivery)
      }
      const everInDoubt = [...found.values()].filter(({ unknowns }) => unknowns > 0)
      expect((await agent.counts()).unknownDeliveries).toBe(everInDoubt.length)
      return found
    } finally {
      await store.close()
    }
  }

  it('answers every message, in the order of its chat', () => {
    for (const chat of CHATS) {
      const distinct = answersIn(chat).filter((text, index, all) => all[index - 1] !== text)
      expect(distinct).toEqual(said.get(chat)?.map((text) => `answer to ${text}`))
    }
  })

  it('shows an answer twice only where the store counts its delivery as in doubt', () => {
    for (const chat of CHATS)
      for (const [text, shown] of Map.groupBy(answersIn(chat), (answer) => answer))
        expect(shown.length, text).toBeLessThanOrEqual(1 + (deliveries.get(text)?.unknowns ?? 0))
  })

  it('counts as in doubt the surplus answers and those that had not left the process, no more', () => {
    const rows = [...deliveries.values()]
    const inDoubt = sum(rows.map(({ unknowns }) => unknowns))
    const begun = sum(rows.map(({ attempts }) => attempts))
    const wanted = sum(CHATS.map((chat) => said.get(chat)?.length ?? 0))
    const surplus = sum(CHATS.map((chat) => answersIn(chat).length)) - wanted
    const neverLeft = begun - bot.countCalls('sendMessage')
    expect(rows.map(({ state }) => state)).toEqual(rows.map(() => 'sent'))
    expect(inDoubt).toBe(surplus + neverLeft)
    // Otherwise the kills came too early to show anything.
    expect(surplus).toBeGreaterThan(0)
  })

  it('leaves the platform nothing to offer again', () => {
    expect(bot.waiting()).toEqual([])
  })
})

function textOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'text' in body ? String(body.text) : ''
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
