import type { TelegramBot } from '@junctor/testkit/telegram'
import { afterEach, describe, expect, it } from 'vitest'
import { answersIn, storyOf, textOfStory, untilAnswers, untilSettled } from './conversation.ts'
import { openHouse, type House, type Settings } from './house.ts'

const GROUP = -1_001_000_000_001

let house: House
let bot: TelegramBot

afterEach(() => house.close())

async function open(settings: Partial<Settings> = {}): Promise<void> {
  house = await openHouse({ agents: [{ id: 'main' }], accounts: ['desk'], ...settings })
  bot = house.telegram.bot(house.tokenOf('desk'))
  house.models.respond(({ lastUserText }) => ({ text: `answer to ${lastUserText}` }))
}

const sessionKeys = async (): Promise<readonly string[]> =>
  (await house.store.agent('main').sessions()).map(({ sessionKey }) => sessionKey).sort()

describe('a group', () => {
  it('is one conversation: the model reads who said what, and the answer names its message', async () => {
    await open()
    const asked = bot.say({ chat: GROUP, from: 8, text: 'hello all' })
    const [answer] = await untilAnswers(house, 'desk', GROUP, 1)
    expect(answer).toBe('answer to Person 8: hello all')
    const shown = bot.messages(GROUP).at(-1)
    expect(shown?.message.reply_to_message?.message_id).toBe(asked.message_id)
    expect(await sessionKeys()).toEqual([`agent:main:telegram:desk:group:${GROUP}`])
  })

  it('keeps its topics apart, and answers in the topic that was asked in', async () => {
    await open()
    house.models.respond(({ body, lastUserText }) => ({
      text: `${lastUserText}; knows ${[...JSON.stringify(body).matchAll(/topic \d/g)].join()}`,
    }))
    bot.say({ chat: GROUP, topic: 5, text: 'topic 5' })
    bot.say({ chat: GROUP, topic: 6, text: 'topic 6' })
    await untilAnswers(house, 'desk', GROUP, 2)
    const answers = bot
      .messages(GROUP)
      .filter(({ message }) => message.from?.is_bot === true)
      .map(({ text, message }) => ({ topic: message.message_thread_id, text }))
    expect(answers).toHaveLength(2)
    expect(answers).toContainEqual({ topic: 5, text: 'Person 42: topic 5; knows topic 5' })
    expect(answers).toContainEqual({ topic: 6, text: 'Person 42: topic 6; knows topic 6' })
    expect(await sessionKeys()).toHaveLength(2)
  })

  it('with two accounts in it never shares a session between them', async () => {
    await open({
      accounts: ['desk', 'shop'],
      agents: [{ id: 'main' }],
    })
    house.models.respond(({ body }) => ({
      text: [...JSON.stringify(body).matchAll(/for (desk|shop)/g)].map(([said]) => said).join(),
    }))
    bot.say({ chat: GROUP, text: 'for desk' })
    house.telegram.bot(house.tokenOf('shop')).say({ chat: GROUP, text: 'for shop' })
    expect(await untilAnswers(house, 'desk', GROUP, 1)).toEqual(['for desk'])
    expect(await untilAnswers(house, 'shop', GROUP, 1)).toEqual(['for shop'])
    expect(await sessionKeys()).toHaveLength(2)
  })

  it('that asks for a mention is quiet without one, and says so in the story', async () => {
    await open({
      telegram: { groupPolicy: 'allowlist', groups: { [GROUP]: { requireMention: true } } },
    })
    const quiet = bot.say({ chat: GROUP, text: 'just talking' })
    bot.say({ chat: GROUP, text: '@desk_bot hello' })
    const answers = await untilAnswers(house, 'desk', GROUP, 1)
    expect(answers).toHaveLength(1)
    expect(answers[0]).toContain('hello')
    const story = await storyOf(house, quiet.message_id)
    expect(story.outcome).toBe('refused')
    expect(textOfStory(story)).toContain('it does not call agent main')
  })
})

describe('a reply', () => {
  it('carries what it replies to into the prompt', async () => {
    await open()
    const first = bot.say({ chat: 7, text: 'the train leaves at nine' })
    await untilAnswers(house, 'desk', 7, 1)
    bot.say({ chat: 7, text: 'really?', replyTo: first.message_id })
    expect((await untilAnswers(house, 'desk', 7, 2))[1]).toContain('> the train leaves at nine')
  })
})

describe('an edit', () => {
  it('of a message that waits replaces its text', async () => {
    await open()
    house.models.respond(({ lastUserText }) => ({
      text: `answer to ${lastUserText}`,
      ...(lastUserText === 'first' ? { chunkDelayMs: 60 } : {}),
    }))
    bot.say({ chat: 7, text: 'first' })
    await house.models.waitFor(({ lastUserText }) => lastUserText === 'first')
    const waiting = bot.say({ chat: 7, text: 'secnod' })
    bot.edit({ chat: 7, id: waiting.message_id, text: 'second' })
    expect(await untilAnswers(house, 'desk', 7, 2)).toEqual(['answer to first', 'answer to second'])
    expect(house.models.requests).toHaveLength(2)
  })

  it('of an answered message is recorded, and not answered again', async () => {
    await open()
    const { message_id: id } = bot.say({ chat: 7, text: 'hello' })
    await untilAnswers(house, 'desk', 7, 1)
    await untilSettled(house, id)
    bot.edit({ chat: 7, id, text: 'hello!' })
    bot.say({ chat: 7, text: 'last' })
    expect(await untilAnswers(house, 'desk', 7, 2)).toEqual(['answer to hello', 'answer to last'])
    expect((await house.gateway.status()).refusals).toBe(1)
  })
})

describe('an answer longer than a message', () => {
  const code = Array.from({ length: 400 }, (_, index) => `const line${index} = ${index}`)
  const long = `Before.\n\n\`\`\`ts\n${code.join('\n')}\n\`\`\`\n\nAfter.`

  it('comes in pieces of at most 4096, in order, with its code in code', async () => {
    await open()
    house.models.reply({ text: long, chunkSize: 500 })
    bot.say({ chat: 7, text: 'code, please' })
    await house.telegram.waitFor(() => answersIn(house, 'desk', 7).join().includes('After.'))
    const shown = bot.messages(7).filter(({ message }) => message.from?.is_bot === true)
    expect(shown.length).toBeGreaterThan(1)
    for (const { text, message } of shown) {
      expect(text.length).toBeLessThanOrEqual(4096)
      expect(text).not.toContain('```')
      for (const line of text.split('\n').filter((part) => part.startsWith('const line'))) {
        const at = text.indexOf(line)
        const isCode = message.entities?.some(
          ({ type, offset, length }) =>
            type === 'pre' && offset <= at && at + line.length <= offset + length,
        )
        expect(isCode, line).toBe(true)
      }
    }
    const lines = shown.flatMap(({ text }) => text.split('\n')).filter((line) => line !== '')
    expect(lines).toEqual(['Before.', ...code, 'After.'])
  })

  it('shown while it is written ends as the whole answer, in order', async () => {
    await open()
    const words = Array.from({ length: 1_500 }, (_, index) => `word${index}`)
    house.models.reply({ text: words.join(' '), chunkSize: 300, chunkDelayMs: 80 })
    bot.say({ chat: 7, text: 'long story' })
    await house.telegram.waitFor(() => answersIn(house, 'desk', 7).join().includes('word1499'), {
      timeoutMs: 20_000,
    })
    const shown = bot.messages(7).filter(({ message }) => message.from?.is_bot === true)
    expect(
      shown
        .map(({ text }) => text)
        .join(' ')
        .split(/\s+/),
    ).toEqual(words)
    // Its first message was there before the answer was whole.
    expect(shown[0]?.history.length).toBeGreaterThan(0)
    expect(shown.length).toBeGreaterThan(2)
  })
})

describe('a slow answer', () => {
  it('shows that the bot is typing, then grows, and ends as the answer', async () => {
    await open()
    const text = 'one two three four five six seven eight nine ten'
    house.models.reply({ text, chunkSize: 4, chunkDelayMs: 180 })
    const { message_id: id } = bot.say({ chat: 7, text: 'slowly' })
    await house.telegram.waitFor(() => answersIn(house, 'desk', 7)[0] === text, {
      timeoutMs: 20_000,
    })
    expect(bot.countCalls('sendChatAction')).toBeGreaterThan(0)
    expect(bot.countCalls('sendMessage')).toBe(1)
    const [answer] = bot.messages(7).filter(({ message }) => message.from?.is_bot === true)
    expect(answer?.history.length).toBeGreaterThan(0)
    for (const earlier of answer?.history ?? []) expect(text.startsWith(earlier)).toBe(true)
    expect((await untilSettled(house, id)).outcome).toBe('answered')
  })
})

describe('a send', () => {
  it('that Telegram puts off is made later, and what comes after it waits', async () => {
    await open()
    bot.faults.add({ on: 'sendMessage', kind: 'rate-limit', retryAfterMs: 1_000 })
    for (const text of ['one', 'two', 'three']) bot.say({ chat: 7, text })
    expect(await untilAnswers(house, 'desk', 7, 3)).toEqual([
      'answer to one',
      'answer to two',
      'answer to three',
    ])
    expect(bot.countCalls('sendMessage')).toBe(4)
  })

  it('of a hundred in one room comes whole and in order, as fast as Telegram allows', async () => {
    await open({ more: { messages: { queue: { cap: 200 } } } })
    const limit = { on: 'sendMessage', kind: 'rate-limit', retryAfterMs: 1_000 } as const
    bot.faults.add(limit)
    const texts = Array.from({ length: 100 }, (_, index) => `m${index}`)
    for (const text of texts) bot.say({ chat: GROUP, text })
    const shown = (): readonly string[] => answersIn(house, 'desk', GROUP)
    await house.telegram.waitFor(() => shown().length >= 50, { timeoutMs: 100_000 })
    bot.faults.add(limit)
    await house.telegram.waitFor(() => shown().length >= 100, { timeoutMs: 100_000 })
    expect(shown()).toEqual(texts.map((text) => `answer to Person 42: ${text}`))
  }, 240_000)

  it('waits out a Telegram that is away, and is lost or doubled as little as its question', async () => {
    await open()
    bot.say({ chat: 7, text: 'one' })
    await untilAnswers(house, 'desk', 7, 1)
    await house.telegram.stop()
    bot.say({ chat: 7, text: 'two' })
    await house.telegram.restart()
    expect(await untilAnswers(house, 'desk', 7, 2)).toEqual(['answer to one', 'answer to two'])
    house.models.reply({ text: 'answer to three', fault: { kind: 'delay', delayMs: 300 } })
    bot.say({ chat: 7, text: 'three' })
    await house.models.waitFor(({ lastUserText }) => lastUserText === 'three')
    await house.telegram.stop()
    await house.telegram.restart()
    bot.say({ chat: 7, text: 'four' })
    expect(await untilAnswers(house, 'desk', 7, 4)).toEqual(
      ['one', 'two', 'three', 'four'].map((text) => `answer to ${text}`),
    )
  }, 60_000)

  it('whose connection breaks after it took effect is counted as in doubt', async () => {
    await open({ more: { delivery: { unknown: 'hold' } } })
    bot.faults.add({ on: 'sendMessage', kind: 'drop-after' })
    const { message_id: id } = bot.say({ chat: 7, text: 'one' })
    await untilAnswers(house, 'desk', 7, 1)
    bot.say({ chat: 7, text: 'two' })
    expect(await untilAnswers(house, 'desk', 7, 2)).toEqual(['answer to one', 'answer to two'])
    expect((await house.gateway.status()).unknownDeliveries).toBe(1)
    const story = await storyOf(house, id)
    expect(story.outcome).toBe('undelivered')
    expect(textOfStory(story)).toContain('may have taken effect')
  })

  it('whose connection breaks before it took effect is made again, once', async () => {
    await open()
    bot.faults.add({ on: 'sendMessage', kind: 'drop-before' })
    bot.say({ chat: 7, text: 'one' })
    await untilAnswers(house, 'desk', 7, 1)
    bot.say({ chat: 7, text: 'two' })
    expect(await untilAnswers(house, 'desk', 7, 2)).toEqual(['answer to one', 'answer to two'])
    expect(bot.countCalls('sendMessage')).toBe(3)
  })

  it('to somebody who blocked the bot fails, says so, and stops nobody else', async () => {
    await open()
    bot.faults.add({
      on: 'sendMessage',
      kind: 'status',
      status: 403,
      message: 'Forbidden: bot was blocked by the user',
    })
    const { message_id: id } = bot.say({ chat: 7, text: 'one' })
    const failed = new Promise((resolve) => house.gateway.events.once('delivery:failed', resolve))
    await failed
    bot.say({ chat: 8, text: 'two' })
    await untilAnswers(house, 'desk', 8, 1)
    const story = await storyOf(house, id)
    expect(story.outcome).toBe('undelivered')
    expect(textOfStory(story)).toContain('blocked by the user')
  })
})

describe('a turn', () => {
  it('tells its progress to whoever listens', async () => {
    await open()
    house.models.reply({ tools: [{ name: 'session_status', input: {} }] }, { text: 'all is well' })
    const told: string[] = []
    const { events } = house.gateway
    events.on('turn:started', ({ agentId }) => told.push(`started ${agentId}`))
    events.on('turn:tool-started', ({ name }) => told.push(`tool ${name}`))
    events.on('turn:tool-ended', ({ name, status }) => told.push(`tool ${name} ${status}`))
    events.on('turn:text', ({ text }) => told.push(text))
    events.on('turn:ended', ({ outcome }) => told.push(outcome))
    bot.say({ chat: 7, text: 'how are you?' })
    expect(await untilAnswers(house, 'desk', 7, 1)).toEqual(['all is well'])
    expect(told).toEqual([
      'started main',
      'tool session_status',
      'tool session_status ok',
      'all is well',
      'answered',
    ])
  })
})
