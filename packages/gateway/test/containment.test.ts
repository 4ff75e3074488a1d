import type { Tool } from '@junctor/agent'
import type { TelegramBot } from '@junctor/testkit/telegram'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { textOfStory, untilAnswers, untilSettled } from './conversation.ts'
import { openHouse, type House } from './house.ts'

/** Whoever writes to the agent that misbehaves, and to the one beside it. */
const wild = 7
const calm = 8

const tool = (name: string, run: Tool['run']): Tool => ({
  name,
  description: name,
  inputSchema: { type: 'object' },
  run,
})
let released = Promise.withResolvers<void>()
const tools = [
  tool('throw', () => {
    throw new Error('it broke')
  }),
  tool('reject', () => Promise.reject(new Error('it broke later'))),
  tool('hang', () => new Promise(() => {})),
  tool('flood', async () => 'x'.repeat(20_000_000)),
  tool('nonsense', async () => ({ toString: 1 }) as unknown as string),
  tool('wait', async () => (await released.promise, 'done')),
]

let house: House
let bot: TelegramBot

beforeEach(async () => {
  released = Promise.withResolvers<void>()
  const settings = {
    agents: [
      { id: 'wild', limits: { toolTimeoutMs: 600_000, turnTimeoutMs: 600_000 } },
      { id: 'calm' },
    ],
    accounts: ['desk'],
    bindings: [
      { agentId: 'wild', match: { channel: 'telegram', peer: { kind: 'dm', id: String(wild) } } },
      { agentId: 'calm', match: { channel: 'telegram', peer: { kind: 'dm', id: String(calm) } } },
    ],
  }
  house = await openHouse(settings, { tools, random: () => 0 })
  bot = house.telegram.bot(house.tokenOf('desk'))
  house.models.respond(({ lastUserText, toolResults }) =>
    toolResults.length === 0 && tools.some(({ name }) => name === lastUserText)
      ? { tools: [{ name: lastUserText, input: {} }] }
      : { text: `answer to ${lastUserText}` },
  )
})
afterEach(() => house.close())

describe('an agent whose turn', () => {
  it.each(['throw', 'reject', 'flood', 'nonsense'])(
    'goes wrong (%s) answers all the same, and nobody else notices',
    async (fault) => {
      bot.say({ chat: wild, text: fault })
      bot.say({ chat: calm, text: 'hello' })
      expect(await untilAnswers(house, 'desk', calm, 1)).toEqual(['answer to hello'])
      expect(await untilAnswers(house, 'desk', wild, 1)).toEqual([`answer to ${fault}`])
      // What the model was told of it stays within bounds.
      const largest = Math.max(
        ...house.models.requests.map(({ body }) => JSON.stringify(body).length),
      )
      expect(largest).toBeLessThan(100_000)
    },
  )

  it('hangs delays no other agent', async () => {
    bot.say({ chat: wild, text: 'hang' })
    await house.models.waitFor(({ lastUserText }) => lastUserText === 'hang')
    bot.say({ chat: calm, text: 'one' })
    expect(await untilAnswers(house, 'desk', calm, 1)).toEqual(['answer to one'])
    bot.say({ chat: calm, text: 'two' })
    expect(await untilAnswers(house, 'desk', calm, 2)).toEqual(['answer to one', 'answer to two'])
  })

  it('is stopped by hand takes up the message that it hung on again', async () => {
    const { message_id: id } = bot.say({ chat: wild, text: 'hang' })
    await house.models.waitFor(({ lastUserText }) => lastUserText === 'hang')
    house.models.respond(() => ({ text: 'now it works' }))
    await house.gateway.restartAgent('wild')
    expect(await untilAnswers(house, 'desk', wild, 1)).toEqual(['now it works'])
    const story = await untilSettled(house, id)
    expect(textOfStory(story)).toContain('the agent was started anew while it was being answered')
  })

  it('is to run in a process of its own does not run in this one', async () => {
    const config = house.configFrom({
      agents: [{ id: 'wild', runtime: { isolation: 'process' } }, { id: 'calm' }],
      accounts: ['desk'],
    })
    await house.gateway.reload(config)
    const { message_id: id } = bot.say({ chat: wild, text: 'hello' })
    const [told] = await untilAnswers(house, 'desk', wild, 1)
    expect(told).toContain('I could not answer this message')
    expect(textOfStory(await untilSettled(house, id))).toContain('pass it the option turns')
    expect(house.models.requests).toHaveLength(0)
  })
})

describe('an agent that is flooded with messages', () => {
  it('does not delay another', async () => {
    // More conversations than one agent may answer at a time, and more than the gateway's own limit.
    const chats = Array.from({ length: 100 }, (_, index) => 5_000 + index)
    await house.gateway.reload(
      house.configFrom({
        agents: [{ id: 'wild' }, { id: 'calm' }],
        accounts: ['desk'],
        bindings: [
          {
            agentId: 'calm',
            match: { channel: 'telegram', peer: { kind: 'dm', id: String(calm) } },
          },
        ],
      }),
    )
    for (const chat of chats) bot.say({ chat, text: 'wait' })
    await house.models.waitFor(({ lastUserText }) => lastUserText === 'wait')
    bot.say({ chat: calm, text: 'hello' })
    expect(await untilAnswers(house, 'desk', calm, 1)).toEqual(['answer to hello'])
    expect(bot.messages(5_000).filter(({ message }) => message.from?.is_bot)).toEqual([])
    released.resolve()
    for (const chat of chats)
      expect(await untilAnswers(house, 'desk', chat, 1)).toEqual(['answer to wait'])
  })
})
