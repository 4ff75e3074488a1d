import { openSqliteStore } from '@junctor/store-sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCrashHouse, type CrashHouse } from './crash-house.ts'

describe('a gateway process that is killed while messages overlap', () => {
  let house: CrashHouse

  beforeEach(async () => {
    house = await openCrashHouse()
  })
  afterEach(() => house.close())

  const queueOf = (mode: string, more: object = {}): object =>
    house.configWith({ messages: { queue: { mode, ...more } } })
  const isStored = (): Promise<void> =>
    house.platform.waitFor(() => house.bot.waiting().length === 0, { timeoutMs: 20_000 })
  /** The texts of each turn, in order. */
  const turns = async (): Promise<readonly (readonly string[])[]> => {
    const store = openSqliteStore({ stateDir: house.stateDir, mode: 'read-only' })
    try {
      const agent = store.agent('main')
      const entries = await agent.conversation(
        { channel: 'telegram', accountId: 'default', peer: { kind: 'dm', id: '7' } },
        { limit: 100 },
      )
      const texts = new Map<string, string[]>()
      for (const entry of entries) {
        if (entry.type === 'out') continue
        const { turnId = 'none', body } = entry.message
        const { text } = body as { readonly text: string }
        texts.set(turnId, [...(texts.get(turnId) ?? []), text])
      }
      return [...texts.values()]
    } finally {
      await store.close()
    }
  }
  it.each([
    ['extend:before', 2],
    ['extend:after', 2],
    ['commit:before', 1],
    ['commit:after', 1],
  ] as const)(
    'at %s of a turn that others were steered into answers all once',
    async (crashAt, call) => {
      house.models.reply({ tools: [{ name: 'charge', input: {} }] })
      house.models.respond(({ lastUserText }) => ({ text: `answer to ${lastUserText.slice(-4)}` }))
      const config = queueOf('steer')
      const child = house.spawn({ config, crashAt, call, waits: true })
      house.bot.say({ chat: 7, text: 'hello' })
      await expect.poll(() => house.charges(), { timeout: 20_000 }).toBe(1)
      house.bot.say({ chat: 7, text: 'more' })
      await isStored()
      child.send('go')
      await house.ended(child)
      const next = house.spawn({ config })
      await house.untilAnswered('answer to more')
      await house.settled()
      expect(house.answers()).toEqual(['answer to more', 'answer to last'])
      expect(house.charges()).toBe(1)
      await house.stop(next)
      expect(await turns()).toEqual([['hello', 'more'], ['last']])
    },
  )

  it.each([
    ['accept:after', 3],
    ['extend:after', 1],
    ['commit:before', 1],
    ['commit:after', 1],
  ] as const)('at %s of a turn that collects answers all once', async (crashAt, call) => {
    house.models.respond(({ lastUserText }) => ({ text: `answer to ${lastUserText.slice(-4)}` }))
    // The turn begins when three wait, and then at once.
    const config = queueOf('collect', { debounceMs: 60_000, cap: 3 })
    const child = house.spawn({ config, crashAt, call })
    for (const text of ['one', 'two', 'more']) house.bot.say({ chat: 7, text })
    await house.ended(child)
    const next = house.spawn({ config: queueOf('collect', { debounceMs: 0 }) })
    await house.untilAnswered('answer to more')
    await house.settled()
    expect(house.answers()).toEqual(['answer to more', 'answer to last'])
    await house.stop(next)
    expect(await turns()).toEqual([['one', 'two', 'more'], ['last']])
  })

  it.each([['release:before'], ['release:after'], ['commit:before'], ['commit:after']] as const)(
    'at %s of a turn that was interrupted answers all once',
    async (crashAt) => {
      house.models.reply({ text: 'never', fault: { kind: 'stall', afterEvents: 1 } })
      house.models.respond(({ lastUserText }) => ({ text: `answer to ${lastUserText.slice(-4)}` }))
      const config = queueOf('interrupt')
      const child = house.spawn({ config, crashAt })
      house.bot.say({ chat: 7, text: 'hello' })
      await house.models.waitFor(({ lastUserText }) => lastUserText === 'hello')
      house.bot.say({ chat: 7, text: 'more' })
      await house.ended(child)
      const next = house.spawn({ config })
      await house.untilAnswered('answer to more')
      await house.settled()
      expect(house.answers()).toEqual(['answer to more', 'answer to last'])
      await house.stop(next)
      expect(await turns()).toEqual([['hello', 'more'], ['last']])
    },
  )

  it.each([['answer:before'], ['answer:after']] as const)(
    'at %s of /stop has stopped once, and what was stopped does not come back',
    async (crashAt) => {
      house.models.respond(({ lastUserText }) =>
        lastUserText === 'hello'
          ? { text: 'never', fault: { kind: 'stall', afterEvents: 1 } }
          : { text: `answer to ${lastUserText}` },
      )
      const child = house.spawn({ crashAt })
      house.bot.say({ chat: 7, text: 'hello' })
      await house.models.waitFor(({ lastUserText }) => lastUserText === 'hello')
      house.bot.say({ chat: 7, text: '/stop' })
      await house.ended(child)
      house.spawn()
      await house.untilAnswered('⏹ Stopped. I gave up answering 1 message.')
      await house.settled()
      expect(house.answers()).toEqual([
        '⏹ Stopped. I gave up answering 1 message.',
        'answer to last',
      ])
    },
  )

  it.each([['accept:after'], ['commit:before'], ['commit:after']] as const)(
    'at %s of /new has begun one conversation',
    async (crashAt) => {
      const child = house.spawn({ crashAt, call: 2 })
      house.bot.say({ chat: 7, text: 'hello' })
      house.bot.say({ chat: 7, text: '/new' })
      await house.ended(child)
      house.spawn()
      await house.untilAnswered('A new conversation begins. I no longer see what was said before.')
      await house.settled()
      expect(house.answers()).toEqual([
        'answer to hello',
        'A new conversation begins. I no longer see what was said before.',
        'answer to last',
      ])
      expect(JSON.stringify(house.models.requests.at(-1)?.body)).not.toContain('hello')
    },
  )

  it('after it has refused a message in a full session tells so once', async () => {
    house.models.reply({ text: 'never', fault: { kind: 'stall', afterEvents: 1 } })
    const config = queueOf('queue', { cap: 1 })
    const child = house.spawn({ config, crashAt: 'accept:after', call: 3 })
    house.bot.say({ chat: 7, text: 'hello' })
    await house.models.waitFor(({ lastUserText }) => lastUserText === 'hello')
    house.bot.say({ chat: 7, text: 'more' })
    house.bot.say({ chat: 7, text: 'too many' })
    await house.ended(child)
    house.spawn({ config })
    await house.untilAnswered('answer to more')
    await house.settled()
    expect(
      house.answers().filter((text) => text.includes('did not take this message')),
    ).toHaveLength(1)
    expect(house.answers().filter((text) => text.startsWith('answer'))).toEqual([
      'answer to hello',
      'answer to more',
      'answer to last',
    ])
  })
})
