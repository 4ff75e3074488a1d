import { afterEach, describe, expect, it } from 'vitest'
import { untilAnswers } from './conversation.ts'
import { openHouse, type House } from './house.ts'

let house: House
afterEach(() => house.close())

describe('a reaction of an agent', () => {
  it('stands on the message that it answers; one that the platform has not is told to it', async () => {
    house = await openHouse({ accounts: ['bot'], agents: [{ id: 'ada' }] })
    house.models.respond(({ lastUserText, toolResults: [result] }) =>
      result === undefined
        ? { tools: [{ name: 'react', input: { emoji: lastUserText } }] }
        : { text: result.output },
    )
    const bot = house.telegram.bot(house.tokenOf('bot'))
    bot.say({ chat: 7, text: '🔥' })
    expect(await untilAnswers(house, 'bot', 7, 1)).toEqual(['Reacted with 🔥.'])
    bot.say({ chat: 7, text: '🦑' })
    const [, refused] = await untilAnswers(house, 'bot', 7, 2)
    expect(refused).toContain('REACTION_INVALID')
    const reactions = bot.messages(7).map(({ text, reactions: shown }) => [text, shown])
    expect(reactions.slice(0, 3)).toEqual([
      ['🔥', ['🔥']],
      ['Reacted with 🔥.', []],
      ['🦑', []],
    ])
  })
})
