import { createModels } from '@junctor/models'
import type { ModelFault } from '@junctor/testkit/models'
import type { TelegramBot } from '@junctor/testkit/telegram'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { storyOf, textOfStory, untilAnswers, untilSettled } from './conversation.ts'
import { openHouse, type House } from './house.ts'

const agents = [{ id: 'main' }]
const accounts = ['desk']

let house: House
let bot: TelegramBot

beforeEach(async () => {
  house = await openHouse({ agents, accounts }, { random: () => 0 })
  bot = house.telegram.bot(house.tokenOf('desk'))
  house.models.respond(({ lastUserText }) => ({ text: `answer to ${lastUserText}` }))
})
afterEach(() => house.close())

describe('a model failure that passes', () => {
  const faults: readonly { readonly name: string; readonly fault: ModelFault }[] = [
    { name: '429 with retry-after', fault: { kind: 'rate-limit', retryAfterMs: 1_000 } },
    {
      name: '529',
      fault: { kind: 'refused', status: 529, errorType: 'overloaded_error', message: 'Overloaded' },
    },
    { name: '500', fault: { kind: 'status', status: 500 } },
    { name: 'a connection that closes', fault: { kind: 'drop-before' } },
    { name: 'a stream that is cut', fault: { kind: 'cut', afterEvents: 4 } },
    { name: 'a stream that ends too soon', fault: { kind: 'end-early', afterEvents: 4 } },
    { name: 'an error in the stream', fault: { kind: 'error-event', afterEvents: 3 } },
  ]

  it.each(faults)('($name) is tried again and answered once', async ({ fault }) => {
    house.models.reply({ text: 'never whole', fault })
    const { message_id: id } = bot.say({ chat: 7, text: 'hello' })
    await untilAnswers(house, 'desk', 7, 1)
    bot.say({ chat: 7, text: 'last' })
    expect(await untilAnswers(house, 'desk', 7, 2)).toEqual(['answer to hello', 'answer to last'])
    expect((await untilSettled(house, id)).outcome).toBe('answered')
    const asked = house.models.requests.map(({ lastUserText }) => lastUserText)
    expect(asked).toEqual(['hello', 'hello', 'last'])
  })

  it('delays nobody else', async () => {
    house.models.respond(({ lastUserText }) =>
      lastUserText === 'unlucky' && house.models.requests.length < 2
        ? { text: 'never whole', fault: { kind: 'cut', afterEvents: 2 } }
        : { text: `answer to ${lastUserText}` },
    )
    const unlucky = bot.say({ chat: 7, text: 'unlucky' })
    await house.models.waitFor(({ lastUserText }) => lastUserText === 'unlucky')
    bot.say({ chat: 8, text: 'hello' })
    await untilAnswers(house, 'desk', 8, 1)
    await untilAnswers(house, 'desk', 7, 1)
    expect((await untilSettled(house, unlucky.message_id)).outcome).toBe('answered')
  })
})

describe('a model failure that stays', () => {
  const faults: readonly {
    readonly name: string
    readonly fault: ModelFault
    readonly told: string
    readonly why: string
  }[] = [
    {
      name: '401',
      fault: { kind: 'unauthorized' },
      told: 'my model has no valid key',
      why: 'refused with status 401',
    },
    {
      name: '400',
      fault: { kind: 'status', status: 400, message: 'max_tokens is too large' },
      told: 'something went wrong',
      why: 'max_tokens is too large',
    },
    {
      name: '529',
      fault: { kind: 'refused', status: 529, errorType: 'overloaded_error', message: 'Overloaded' },
      told: 'my model is overloaded, please try again later',
      why: 'status 529 (overloaded_error): Overloaded',
    },
    {
      name: 'a stream that is always cut',
      fault: { kind: 'cut', afterEvents: 4 },
      told: 'my model could not be reached, please try again later',
      why: 'The stream of model "claude-test" of provider "anthropic" failed',
    },
  ]

  it.each(faults)(
    '($name) tells the person what to do and the operator why',
    async (wrong) => {
      house.models.respond(({ lastUserText }) =>
        lastUserText === 'hello'
          ? { text: 'never whole', fault: wrong.fault }
          : { text: `answer to ${lastUserText}` },
      )
      const { message_id: id } = bot.say({ chat: 7, text: 'hello' })
      const [told = ''] = await untilAnswers(house, 'desk', 7, 1)
      expect(told).toContain(`I could not answer this message: ${wrong.told}.`)
      const ours = /junctor why (msg_\w+)/.exec(told)?.[1] ?? ''
      await untilSettled(house, id)
      const story = await storyOf(house, ours)
      expect(story.outcome).toBe('failed')
      expect(textOfStory(story)).toContain(wrong.why)
      expect(textOfStory(story)).not.toContain('fake-key')
      // The lane goes on.
      bot.say({ chat: 7, text: 'next' })
      expect((await untilAnswers(house, 'desk', 7, 2)).at(-1)).toMatch(/^answer to .*next$/)
    },
    40_000,
  )

  it('(a key that is missing) names the setting to the operator alone, from the start on', async () => {
    const warnings: string[] = []
    await house.restart({
      log: {
        debug() {},
        info() {},
        warn: (_fields, message) => void warnings.push(message),
        error() {},
      },
      models: createModels({
        providers: { anthropic: { baseUrl: house.models.baseUrl('anthropic') } },
        env: {},
      }),
    })
    expect(warnings.join()).toMatch(/agent main cannot answer: .*ANTHROPIC_API_KEY/)
    const { message_id: id } = bot.say({ chat: 7, text: 'hello' })
    const [told] = await untilAnswers(house, 'desk', 7, 1)
    expect(told).toContain('my model has no valid key')
    expect(told).not.toContain('ANTHROPIC_API_KEY')
    await untilSettled(house, id)
    expect(textOfStory(await storyOf(house, id))).toContain('ANTHROPIC_API_KEY')
    expect(house.models.requests).toEqual([])
  })
})

describe('a model that answers ten megabytes', () => {
  it('is delivered in pieces, in order, or refused in words; the next message is answered', async () => {
    house.models.respond(({ lastUserText }) =>
      lastUserText === 'hello'
        ? { text: 'long '.repeat(2 * 1024 * 1024), chunkSize: 64 * 1024 }
        : { text: 'short' },
    )
    bot.say({ chat: 7, text: 'hello' })
    await untilAnswers(house, 'desk', 7, 1)
    bot.say({ chat: 8, text: 'other' })
    expect(await untilAnswers(house, 'desk', 8, 1)).toEqual(['short'])
  }, 60_000)
})
