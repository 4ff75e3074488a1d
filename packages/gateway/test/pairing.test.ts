import type { GatewayOptions } from '@junctor/gateway'
import type { TelegramBot } from '@junctor/testkit/telegram'
import { afterEach, describe, expect, it } from 'vitest'
import { answersIn, storyOf, textOfStory, untilAnswers, untilRefused } from './conversation.ts'
import { openHouse, type House, type Settings } from './house.ts'

const HOUR = 60 * 60_000
const codePattern = /Pairing code: ([A-Z0-9]{8})\n/

let house: House
let bot: TelegramBot
let later = 0

afterEach(() => house.close())

const settings: Settings = {
  agents: [{ id: 'main' }],
  accounts: ['desk'],
  telegram: { dmPolicy: 'pairing', allowFrom: ['7'] },
  more: { session: { dmScope: 'main' } },
}

async function open(
  more: Partial<Settings> = {},
  options: Partial<GatewayOptions> = {},
): Promise<void> {
  later = 0
  house = await openHouse({ ...settings, ...more }, { now: () => Date.now() + later, ...options })
  bot = house.telegram.bot(house.tokenOf('desk'))
  house.models.respond(({ body, lastUserText }) => ({
    text: `${(JSON.stringify(body).match(/said by \d+/g) ?? []).join(', ')} / ${lastUserText}`,
  }))
}

const say = (chat: number): string => String(bot.say({ chat, text: `said by ${chat}` }).message_id)

const codeFor = async (chat: number): Promise<string> => {
  const [text = ''] = await untilAnswers(house, 'desk', chat, 1)
  return codePattern.exec(text)?.[1] ?? ''
}

describe('a stranger under "pairing"', () => {
  it('is given a code once; what they said is neither read nor kept, and why names the cure', async () => {
    await open()
    const first = say(8)
    const code = await codeFor(8)
    expect(code).toHaveLength(8)
    const second = say(8)
    const third = say(8)
    await untilRefused(house, 3)
    const [request, ...others] = (await house.gateway.pairing.list()).requests
    expect(others).toEqual([])
    expect(request).toMatchObject({
      code,
      accountId: 'desk',
      senderId: '8',
      senderName: 'Person 8',
    })
    expect((await house.gateway.status()).pairingRequests).toBe(1)

    const why = async (id: string) => textOfStory(await storyOf(house, id))
    const cure = `\`junctor pairing approve ${request?.id}\`, or add "8" to channels.telegram.accounts.desk.allowFrom`
    expect(await why(first)).toContain(
      `Person 8 (8) is a stranger and was given a pairing code (${cure})`,
    )
    for (const id of [second, third])
      expect(await why(id)).toContain(`Person 8 (8) waits to be let in (${cure})`)
    expect(JSON.stringify(await house.gateway.why(first))).not.toContain('said by')
    // A message of somebody known shows that nothing more is to come.
    say(7)
    await untilAnswers(house, 'desk', 7, 1)
    expect(answersIn(house, 'desk', 8)).toHaveLength(1)
    expect(house.models.requests).toHaveLength(1)
  })

  it('speaks from the approval on, in a conversation of their own although others share one', async () => {
    await open()
    say(7)
    await untilAnswers(house, 'desk', 7, 1)
    say(8)
    const code = await codeFor(8)
    const typed = `${code.slice(0, 4).toLowerCase()}-${code.slice(4)}`
    const approval = await house.gateway.pairing.approve(typed)
    expect(approval).toMatchObject({ senderId: '8', session: 'own' })
    expect((await untilAnswers(house, 'desk', 8, 2))[1]).toContain('You were let in')
    say(8)
    expect((await untilAnswers(house, 'desk', 8, 3))[2]).toBe('said by 8 / said by 8')
    const sessions = await house.store.agent('main').sessions()
    expect(sessions.map(({ sessionKey }) => sessionKey)).toEqual([
      'agent:main:main',
      'agent:main:telegram:desk:dm:8',
    ])
  })

  it('shares the conversation where the approval says so', async () => {
    await open()
    say(7)
    await untilAnswers(house, 'desk', 7, 1)
    say(8)
    await house.gateway.pairing.approve(await codeFor(8), { session: 'main' })
    await untilAnswers(house, 'desk', 8, 2)
    say(8)
    expect((await untilAnswers(house, 'desk', 8, 3))[2]).toContain('said by 7, said by 8')
  })

  it('stays let in over a restart, and is a stranger again once shut out', async () => {
    await open()
    say(8)
    await house.gateway.pairing.approve(await codeFor(8))
    await untilAnswers(house, 'desk', 8, 2)
    await house.restart()
    say(8)
    await untilAnswers(house, 'desk', 8, 3)
    await house.gateway.pairing.revoke('8', { channel: 'telegram', accountId: 'desk' })
    say(8)
    expect((await untilAnswers(house, 'desk', 8, 4))[3]).toMatch(codePattern)
  })

  it('is shut out by "allowlist", whoever approved', async () => {
    await open()
    say(8)
    await house.gateway.pairing.approve(await codeFor(8))
    const telegram = { dmPolicy: 'allowlist', allowFrom: ['7'] }
    await house.gateway.reload(house.configFrom({ ...settings, telegram }))
    const id = say(8)
    await untilRefused(house, 2)
    expect(textOfStory(await storyOf(house, id))).toContain('accounts.desk.allowFrom')
  })

  it('is one of three at most who wait at a channel', async () => {
    await open({ accounts: ['desk', 'shop'] })
    for (const chat of [11, 12, 13]) {
      say(chat)
      await codeFor(chat)
    }
    const fourth = say(14)
    await untilRefused(house, 4)
    expect(textOfStory(await storyOf(house, fourth))).toContain(
      '3 pairing requests wait on telegram already',
    )
    expect(answersIn(house, 'desk', 14)).toEqual([])
    // Another account of the channel has no places of its own.
    house.telegram.bot(house.tokenOf('shop')).say({ chat: 15, text: 'hello' })
    await untilRefused(house, 5)
    expect(answersIn(house, 'shop', 15)).toEqual([])

    const { id } = await house.gateway.pairing.reject(await codeFor(12))
    const rejected = say(12)
    await untilRefused(house, 6)
    expect(textOfStory(await storyOf(house, rejected))).toContain(
      'asked to be let in and was rejected',
    )
    expect(answersIn(house, 'desk', 12)).toHaveLength(1)
    await expect(house.gateway.pairing.approve(id)).rejects.toMatchObject({
      code: 'UNKNOWN_PAIRING',
    })
    say(14)
    await codeFor(14)
  })

  it('has an hour; then the code is worth nothing, and a new one is given', async () => {
    await open()
    say(8)
    const code = await codeFor(8)
    later = HOUR - 60_000
    expect((await house.gateway.pairing.list()).requests).toHaveLength(1)
    later = HOUR + 60_000
    expect((await house.gateway.pairing.list()).requests).toEqual([])
    await expect(house.gateway.pairing.approve(code)).rejects.toMatchObject({
      code: 'UNKNOWN_PAIRING',
    })
    say(8)
    const [, text = ''] = await untilAnswers(house, 'desk', 8, 2)
    expect(codePattern.exec(text)?.[1]).not.toBe(code)
  })

  it('cannot make anything grow by writing on and on', async () => {
    await open()
    for (let message = 0; message < 300; message += 1) say(8)
    for (let chat = 100; chat < 160; chat += 1) say(chat)
    await untilRefused(house, 360)
    say(7)
    await untilAnswers(house, 'desk', 7, 1)
    expect(bot.countCalls('sendMessage')).toBe(4)
    expect((await house.gateway.pairing.list()).requests).toHaveLength(3)
    expect(await house.store.gateway.table('pairing-pages').list()).toHaveLength(1)
  })

  it('is told the code when the platform can be reached again', async () => {
    await open({}, { sweepIntervalMs: 50 })
    bot.faults.add({ on: 'sendMessage', kind: 'rate-limit', retryAfterMs: 1_000 })
    say(8)
    await untilRefused(house, 1)
    expect(await codeFor(8)).toHaveLength(8)
    expect(bot.countCalls('sendMessage')).toBe(2)
  })
})
