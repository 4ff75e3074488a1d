import { afterEach, describe, expect, it } from 'vitest'
import { storyOf, textOfStory, untilRefused, untilSettled } from './conversation.ts'
import { openWhatsAppHouse, type WhatsAppHouse } from './whatsapp-house.ts'

const ALICE = '15552220001'
const BOB = '15552220002'
const GROUP = '120363000000000001@g.us'

let house: WhatsAppHouse

afterEach(() => house.close())

async function open(settings: Partial<Parameters<typeof openWhatsAppHouse>[0]> = {}) {
  house = await openWhatsAppHouse({ agents: [{ id: 'main' }], ...settings })
  house.models.respond(({ lastUserText }) => ({ text: `answer to ${lastUserText}` }))
}

const direct = (number: string): object => ({ kind: 'dm', id: `+${number}` })

const sessionKeysOf = async (agentId: string): Promise<readonly string[]> =>
  (await house.store.agent(agentId).sessions()).map(({ sessionKey }) => sessionKey).sort()

describe('one WhatsApp number', () => {
  it('whose direct messages are split by sender reaches two agents, and both answer from it', async () => {
    await open({
      agents: [
        { id: 'alex', model: 'anthropic/claude-alex' },
        { id: 'mia', model: 'anthropic/claude-mia' },
      ],
      bindings: [
        { agentId: 'alex', match: { channel: 'whatsapp', peer: direct(ALICE) } },
        { agentId: 'mia', match: { channel: 'whatsapp', peer: direct(BOB) } },
      ],
    })
    house.models.respond(({ body, lastUserText }) => ({
      text: `${(body as { model: string }).model} to ${lastUserText}`,
    }))
    house.phone('biz').say({ chat: ALICE, text: 'one' })
    // However the network addresses him, it is the same person.
    house.phone('biz').say({ chat: BOB, text: 'two', addressing: 'number' })
    expect(await house.untilAnswers('biz', ALICE, 1)).toEqual(['claude-alex to one'])
    expect(await house.untilAnswers('biz', BOB, 1)).toEqual(['claude-mia to two'])
    expect(await sessionKeysOf('alex')).toEqual([`agent:alex:whatsapp:biz:dm:+${ALICE}`])
    expect(await sessionKeysOf('mia')).toEqual([`agent:mia:whatsapp:biz:dm:+${BOB}`])
  })

  it('stays linked over a restart, and answers what was said meanwhile, once', async () => {
    await open()
    house.phone('biz').say({ chat: ALICE, text: 'before' })
    await house.untilAnswers('biz', ALICE, 1)
    await house.gateway.stop()
    house.phone('biz').say({ chat: ALICE, text: 'meanwhile' })
    await house.restart()
    house.phone('biz').say({ chat: ALICE, text: 'after' })
    expect(await house.untilAnswers('biz', ALICE, 3)).toEqual([
      'answer to before',
      'answer to meanwhile',
      'answer to after',
    ])
    expect(house.phone('biz').refused()).toEqual([])
  })

  it('answers everything once, in order, through drops and an outage', async () => {
    await open()
    const phone = house.phone('biz')
    phone.say({ chat: ALICE, text: 'one' })
    await house.untilAnswers('biz', ALICE, 1)
    phone.faults.add({ on: 'deliver', kind: 'drop-after' }, { on: 'send', kind: 'drop-after' })
    phone.say({ chat: ALICE, text: 'two' })
    await house.untilAnswers('biz', ALICE, 2)
    await house.whatsapp.stop()
    phone.say({ chat: ALICE, text: 'three' })
    await house.whatsapp.restart()
    expect(await house.untilAnswers('biz', ALICE, 3)).toEqual([
      'answer to one',
      'answer to two',
      'answer to three',
    ])
  })
})

describe('two WhatsApp numbers', () => {
  it('in one gateway lead to their own agents', async () => {
    await open({
      accounts: ['biz', 'home'],
      agents: [{ id: 'work' }, { id: 'family' }],
      bindings: [
        { agentId: 'work', match: { channel: 'whatsapp', accountId: 'biz' } },
        { agentId: 'family', match: { channel: 'whatsapp', accountId: 'home' } },
      ],
    })
    house.phone('biz').say({ chat: ALICE, text: 'an order' })
    house.phone('home').say({ chat: ALICE, text: 'dinner' })
    expect(await house.untilAnswers('biz', ALICE, 1)).toEqual(['answer to an order'])
    expect(await house.untilAnswers('home', ALICE, 1)).toEqual(['answer to dinner'])
    expect(await sessionKeysOf('work')).toHaveLength(1)
    expect(await sessionKeysOf('family')).toHaveLength(1)
  })
})

describe('a WhatsApp group', () => {
  it('is answered when it calls the account, and knows what was said before', async () => {
    await open()
    const phone = house.phone('biz')
    phone.addGroup({ id: GROUP, members: [ALICE, BOB] })
    const quiet = phone.say({ chat: GROUP, from: ALICE, text: 'just talking' })
    const asked = phone.say({ chat: GROUP, from: BOB, text: 'what now?', mentions: ['self'] })
    const [answer] = await house.untilAnswers('biz', GROUP, 1)
    expect(answer).toContain('just talking')
    expect(answer).toContain('what now?')
    expect(phone.messages(GROUP).at(-1)).toMatchObject({ replyTo: asked, quotedText: 'what now?' })
    expect(phone.messages(GROUP).filter(({ from }) => from === 'self')).toHaveLength(1)
    expect((await house.gateway.why(quiet)).length).toBeGreaterThan(0)
    phone.say({
      chat: GROUP,
      from: ALICE,
      text: 'thanks',
      replyTo: phone.messages(GROUP).at(-1)?.id ?? '',
    })
    expect(await house.untilAnswers('biz', GROUP, 2)).toHaveLength(2)
  })
})

describe('an answer on WhatsApp', () => {
  it('comes whole, never as a draft that is edited', async () => {
    await open()
    const words = Array.from({ length: 12 }, (_, index) => `word${index}`).join(' ')
    house.models.reply({ text: words, chunkSize: 5, chunkDelayMs: 120 })
    house.phone('biz').say({ chat: ALICE, text: 'slowly' })
    expect(await house.untilAnswers('biz', ALICE, 1)).toEqual([words])
    const shown = house.phone('biz').messages(ALICE).at(-1)
    expect(shown?.history).toEqual([])
    expect(house.phone('biz').countCalls('edit')).toBe(0)
    expect(house.phone('biz').countCalls('typing')).toBeGreaterThan(0)
  })

  it('of many messages arrives whole and in order although WhatsApp puts some off', async () => {
    await open()
    const phone = house.phone('biz')
    const lines = Array.from({ length: 900 }, (_, index) => `line ${index} ${'x'.repeat(20)}`)
    house.models.reply({ text: lines.join('\n\n'), chunkSize: 4000 })
    phone.faults.add({ on: 'send', kind: 'rate-limit', retryAfterMs: 1, times: 2 })
    phone.say({ chat: ALICE, text: 'everything, please' })
    await house.whatsapp.waitFor(
      () => phone.messages(ALICE).some(({ text }) => text.includes('line 899')),
      { timeoutMs: 25_000 },
    )
    const shown = phone.messages(ALICE).filter(({ from }) => from === 'self')
    expect(shown.length).toBeGreaterThan(5)
    for (const { text } of shown) expect(text.length).toBeLessThanOrEqual(4096)
    expect(shown.flatMap(({ text }) => text.split('\n').filter(Boolean))).toEqual(lines)
  })

  it('to a number that is gone fails, says so, and stops nobody else', async () => {
    await open()
    const phone = house.phone('biz')
    phone.faults.add({ on: 'send', kind: 'status', status: 404 })
    const id = phone.say({ chat: ALICE, text: 'one' })
    await new Promise((resolve) => house.gateway.events.once('delivery:failed', resolve))
    phone.say({ chat: BOB, text: 'two' })
    await house.untilAnswers('biz', BOB, 1)
    const story = await storyOf(house, id)
    expect(story.outcome).toBe('undelivered')
    expect(textOfStory(story)).toContain('404')
  })
})

describe('a change on WhatsApp', () => {
  it('of a message that waits counts, and a deletion withdraws it', async () => {
    await open()
    house.models.respond(({ lastUserText }) => ({
      text: `answer to ${lastUserText}`,
      ...(lastUserText === 'first' ? { chunkDelayMs: 150 } : {}),
    }))
    const phone = house.phone('biz')
    phone.say({ chat: ALICE, text: 'first' })
    await house.models.waitFor(({ lastUserText }) => lastUserText === 'first')
    const edited = phone.say({ chat: ALICE, text: 'secnod' })
    const deleted = phone.say({ chat: ALICE, text: 'never mind' })
    phone.edit({ chat: ALICE, id: edited, text: 'second' })
    phone.revoke({ chat: ALICE, id: deleted })
    phone.say({ chat: ALICE, text: 'last' })
    expect(await house.untilAnswers('biz', ALICE, 3)).toEqual([
      'answer to first',
      'answer to second',
      'answer to last',
    ])
  })

  it('of an answered message is recorded, and not answered again', async () => {
    await open()
    const phone = house.phone('biz')
    const id = phone.say({ chat: ALICE, text: 'hello' })
    await house.untilAnswers('biz', ALICE, 1)
    await untilSettled(house, id)
    phone.edit({ chat: ALICE, id, text: 'hello!' })
    phone.say({ chat: ALICE, text: 'last' })
    expect(await house.untilAnswers('biz', ALICE, 2)).toEqual(['answer to hello', 'answer to last'])
    await untilRefused(house, 1)
  })
})
