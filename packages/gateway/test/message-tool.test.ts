import type { JsonValue } from '@junctor/agent'
import { afterEach, describe, expect, it } from 'vitest'
import { answersIn, textOfStory, untilAnswers } from './conversation.ts'
import { openHouse, type House, type Settings } from './house.ts'

let house: House
afterEach(() => house.close())

const open = async (more: Partial<Settings> = {}): Promise<void> => {
  house = await openHouse({
    accounts: ['alf', 'bea'],
    agents: [{ id: 'alf' }, { id: 'bea' }],
    bindings: ['alf', 'bea'].map((id) => ({
      agentId: id,
      match: { channel: 'telegram', accountId: id },
    })),
    ...more,
  })
  house.models.respond(({ lastUserText }) => ({ text: `heard ${lastUserText}` }))
}

const bot = (accountId: string) => house.telegram.bot(house.tokenOf(accountId))

/** What the agent alf says that its call came to. */
const send = async (input: object, times = 1): Promise<string> => {
  house.models.respond(({ lastUserText, toolResults }) => {
    if (lastUserText !== 'go') return { text: `heard ${lastUserText}` }
    if (toolResults.length > 0) return { text: toolResults.map(({ output }) => output).join('\n') }
    const call = { name: 'message', input: input as JsonValue }
    return { tools: Array.from({ length: times }, () => call) }
  })
  const before = answersIn(house, 'alf', 7).length
  bot('alf').say({ chat: 7, text: 'go' })
  return (await untilAnswers(house, 'alf', 7, before + 1)).at(-1) ?? ''
}

const toEight = { channel: 'telegram', accountId: 'alf', to: '8', text: 'good *morning*' }

describe('a message that an agent sends unasked', () => {
  it('goes to people whom it answers, and the conversation there knows of it', async () => {
    await open()
    bot('alf').say({ chat: 8, text: 'hello' })
    await untilAnswers(house, 'alf', 8, 1)
    const answer = JSON.parse(await send(toEight))
    expect(answer).toMatchObject({
      status: 'accepted',
      sessionKey: 'agent:alf:telegram:alf:dm:8',
    })
    expect(await untilAnswers(house, 'alf', 8, 2)).toEqual(['heard hello', 'good morning'])
    const [story] = await house.gateway.why(answer.messageId)
    expect(story?.summary).toBe('Agent alf sent it unasked.')
    expect(story && textOfStory(story)).toContain('It came from agent alf, which writes by itself')
    bot('alf').say({ chat: 8, text: 'thanks' })
    await untilAnswers(house, 'alf', 8, 3)
    expect(JSON.stringify(house.models.requests.at(-1)?.body)).toContain('good *morning*')
  })

  it('is sent once under one key, also over a restart, and else as often as it is asked for', async () => {
    await open()
    bot('alf').say({ chat: 8, text: 'hello' })
    await untilAnswers(house, 'alf', 8, 1)
    const keyed = { ...toEight, idempotencyKey: 'morning' }
    expect(await send(keyed, 2)).toMatch(/"accepted"[^\n]*\n[^\n]*"duplicate"/)
    await untilAnswers(house, 'alf', 8, 2)
    await house.restart()
    expect(await send(keyed)).toContain('"duplicate"')
    expect(await send(toEight, 2)).not.toContain('"duplicate"')
    expect(await untilAnswers(house, 'alf', 8, 4)).toHaveLength(4)
  })

  it('goes into a room that is open to it', async () => {
    await open()
    bot('alf').say({ chat: -5, text: 'hello' })
    await untilAnswers(house, 'alf', -5, 1)
    const room = { ...toEight, kind: 'group', to: '-5' }
    expect(await send(room)).toContain('"accepted"')
    await untilAnswers(house, 'alf', -5, 2)
  })

  it.each([
    ['through another agent’s account', { ...toEight, accountId: 'bea' }, 'go to another agent'],
    ['through no account', { ...toEight, accountId: 'cat' }, 'no account telegram/cat'],
    ['on another channel', { ...toEight, channel: 'irc' }, 'no account irc/alf'],
    [
      'without saying which account',
      { channel: 'telegram', to: '8', text: 'hi' },
      '"accountId" is missing',
    ],
    ['with nothing in it', { ...toEight, text: ' ' }, '"text" is empty'],
    ['with too much in it', { ...toEight, text: 'x'.repeat(20_001) }, 'more than 20000'],
  ])('is not sent %s', async (_name, input, reason) => {
    await open()
    for (const id of ['alf', 'bea']) bot(id).say({ chat: 8, text: 'hello' })
    await untilAnswers(house, 'bea', 8, 1)
    await untilAnswers(house, 'alf', 8, 1)
    expect(await send(input)).toContain(reason)
    expect(answersIn(house, 'bea', 8)).toHaveLength(1)
    expect(answersIn(house, 'alf', 8)).toHaveLength(1)
  })

  it('is not sent to people who may not speak to it', async () => {
    await open({
      agents: [{ id: 'alf', allowFrom: ['7', '9'] }, { id: 'bea' }],
      telegram: {
        dmPolicy: 'allowlist',
        allowFrom: ['7', '8'],
        groupPolicy: 'allowlist',
        groups: {},
      },
    })
    expect(await send(toEight)).toContain('8 is not in allowFrom of agent "alf"')
    expect(await send({ ...toEight, to: '9' })).toContain('is not in channels.telegram')
    expect(await send({ ...toEight, kind: 'group', to: '-5' })).toContain('the room is not in')
  })
})
