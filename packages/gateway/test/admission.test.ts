import type { TelegramBot } from '@junctor/testkit/telegram'
import { afterEach, describe, expect, it } from 'vitest'
import { answersIn, storyOf, textOfStory, untilAnswers, untilRefused } from './conversation.ts'
import { openHouse, type House, type Settings } from './house.ts'

let house: House
let bot: TelegramBot

afterEach(() => house.close())

async function open(settings: Partial<Settings>): Promise<void> {
  house = await openHouse({ agents: [{ id: 'main' }], accounts: ['desk'], ...settings })
  bot = house.telegram.bot(house.tokenOf('desk'))
  house.models.respond(({ system, lastUserText }) => ({
    text: `${/agent id: (\w+)/.exec(system ?? '')?.[1]}: ${lastUserText}`,
  }))
}

describe('who may speak', () => {
  it.each([
    ['nobody under "disabled"', { dmPolicy: 'disabled' }, 'dmPolicy is "disabled"'],
    [
      'nobody who is not listed under "allowlist"',
      { dmPolicy: 'allowlist', allowFrom: ['8'] },
      'Person 7 (7) is not in channels.telegram.accounts.desk.allowFrom (add "7", or set dmPolicy',
    ],
  ])('is %s, and the story names the setting', async (_name, telegram, why) => {
    await open({ telegram })
    const { message_id: id } = bot.say({ chat: 7, text: 'let me in' })
    await untilRefused(house, 1)
    const story = await storyOf(house, id)
    expect(story.outcome).toBe('refused')
    expect(textOfStory(story)).toContain(why)
    // Nothing that it said is kept, and no model saw it.
    expect(JSON.stringify(story)).not.toContain('let me in')
    expect(house.models.requests).toEqual([])
    expect(bot.countCalls('sendMessage')).toBe(0)
  })

  it('is whoever is listed', async () => {
    await open({ telegram: { dmPolicy: 'allowlist', allowFrom: ['8'] } })
    bot.say({ chat: 7, text: 'hello' })
    bot.say({ chat: 8, text: 'hello' })
    expect(await untilAnswers(house, 'desk', 8, 1)).toEqual(['main: hello'])
    expect(answersIn(house, 'desk', 7)).toEqual([])
  })

  it('is narrowed by a binding and by an agent, and never widened', async () => {
    await open({
      agents: [
        { id: 'main', default: true },
        { id: 'vip', allowFrom: ['7', '8'] },
      ],
      bindings: [
        { agentId: 'vip', allowFrom: ['7', '9'], match: { channel: 'telegram', accountId: '*' } },
      ],
      telegram: { dmPolicy: 'allowlist', allowFrom: ['7', '8'] },
    })
    const ofBinding = bot.say({ chat: 8, text: 'narrowed away' })
    const ofAccount = bot.say({ chat: 9, text: 'never let in' })
    bot.say({ chat: 7, text: 'hello' })
    expect(await untilAnswers(house, 'desk', 7, 1)).toEqual(['vip: hello'])
    await untilRefused(house, 2)
    const why = async (id: number) => textOfStory(await storyOf(house, id))
    expect(await why(ofBinding.message_id)).toContain('8 is not in bindings[0].allowFrom')
    expect(await why(ofAccount.message_id)).toContain('accounts.desk.allowFrom')
    expect(house.models.requests).toHaveLength(1)
  })
})

describe('agents side by side', () => {
  const agents = [{ id: 'main', default: true }, { id: 'broken' }]
  const bindings = [{ agentId: 'broken', match: { channel: 'telegram', accountId: 'shop' } }]

  it('do not wait for one whose model hangs, nor fail with one whose model fails', async () => {
    await open({ agents, bindings, accounts: ['desk', 'shop'] })
    house.models.respond(({ system, lastUserText }) => {
      if (!system?.includes('agent id: broken')) return { text: `main: ${lastUserText}` }
      return lastUserText === 'hang'
        ? { text: 'never', fault: { kind: 'stall', afterEvents: 1 } }
        : { fault: { kind: 'unauthorized' } }
    })
    const shop = house.telegram.bot(house.tokenOf('shop'))
    for (let chat = 100; chat < 110; chat += 1) shop.say({ chat, text: 'hang' })
    shop.say({ chat: 7, text: 'fail' })
    for (let count = 1; count <= 5; count += 1) {
      bot.say({ chat: 7, text: `hello ${count}` })
      expect((await untilAnswers(house, 'desk', 7, count)).at(-1)).toBe(`main: hello ${count}`)
    }
    const sessions = await house.store.agent('main').sessions()
    expect(sessions.map(({ sessionKey }) => sessionKey)).toEqual(['agent:main:telegram:desk:dm:7'])
  })
})
