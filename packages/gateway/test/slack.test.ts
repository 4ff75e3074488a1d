import { afterEach, describe, expect, it, vi } from 'vitest'
import { openSlackHouse, type SlackHouse } from './slack-house.ts'

let house: SlackHouse

afterEach(() => house.close())

async function open(more: object = {}): Promise<SlackHouse> {
  house = await openSlackHouse(more)
  house.models.respond(({ lastUserText }) => ({ text: `answer to ${lastUserText}` }))
  return house
}

const sessionKeys = async (): Promise<readonly string[]> =>
  (await house.store.agent('main').sessions()).map(({ sessionKey }) => sessionKey).sort()

describe('a mention in a channel', () => {
  it('is answered once, in its thread, though it comes twice', async () => {
    const { workspace, untilAnswers } = await open()
    const { ts } = workspace.say({ channel: 'C1', text: '@junctor hello' })
    workspace.say({ channel: 'C1', text: 'nobody is asked' })
    expect(await untilAnswers('C1', 1)).toEqual(['answer to Person U42: hello'])
    workspace.say({ channel: 'C1', text: '@junctor again' })
    expect(await untilAnswers('C1', 2)).toHaveLength(2)
    expect(house.models.requests).toHaveLength(2)
    expect(house.answersIn('C1')[0]?.message.thread_ts).toBe(ts)
    await vi.waitFor(() => expect(workspace.waiting()).toEqual([]))
  })

  it('begins a thread, in which an answer to the bot needs no mention', async () => {
    const { workspace, untilAnswers } = await open()
    workspace.addConversation('C1')
    const { ts } = workspace.say({ channel: 'C1', text: 'mine', from: 'self' })
    workspace.say({ channel: 'C1', text: 'and now?', thread: ts })
    expect(await untilAnswers('C1', 2)).toEqual(['mine', 'answer to Person U42: and now?'])
    expect(house.answersIn('C1')[1]?.message.thread_ts).toBe(ts)
    expect(await sessionKeys()).toEqual([`agent:main:slack:channel:C1:thread:${ts}`])
  })
})

describe('an answer that is written slowly', () => {
  const text = 'one **two** three `four` five six seven eight nine ten <!channel>'
  const slowly = { text, chunkSize: 6, chunkDelayMs: 150 }
  const shown = text.replace('<!', '‹!')

  it('is streamed in its thread, and ends as the answer without another edit', async () => {
    const { workspace, models, untilAnswers } = await open()
    models.reply(slowly)
    const { ts } = workspace.say({ channel: 'C1', text: '@junctor slowly' })
    expect(await untilAnswers('C1', 1)).toEqual([shown])
    const [answer] = house.answersIn('C1')
    expect(answer?.history.length).toBeGreaterThan(1)
    for (const earlier of answer?.history ?? []) expect(shown.startsWith(earlier)).toBe(true)
    expect(answer?.pings).toEqual([])
    // The next answer shows that nothing of this one is still to come.
    workspace.say({ channel: 'C1', text: '@junctor next' })
    await untilAnswers('C1', 2)
    expect(workspace.countCalls('chat.update')).toBe(0)
    expect(house.answersIn('C1')).toHaveLength(2)
    const statuses = workspace.calls.filter(({ method }) => method.endsWith('setStatus'))
    expect(statuses[0]?.params).toMatchObject({ channel_id: 'C1', thread_ts: ts })
  })

  it('is edited in a DM, where there is no thread', async () => {
    const { workspace, models, server } = await open()
    models.reply(slowly)
    workspace.say({ channel: 'U7', text: 'slowly' })
    await server.waitFor(() => house.answersIn('U7')[0]?.text === shown, { timeoutMs: 60_000 })
    expect(house.answersIn('U7')[0]?.history.length).toBeGreaterThan(0)
    expect(workspace.countCalls('chat.startStream')).toBe(0)
    expect(workspace.countCalls('chat.postMessage')).toBe(1)
  })

  it('goes on by edits when a person stops its stream', async () => {
    const { workspace, models, server } = await open()
    models.reply(slowly)
    workspace.say({ channel: 'C1', text: '@junctor slowly' })
    await server.waitFor(() => house.answersIn('C1').length === 1, { timeoutMs: 60_000 })
    workspace.endStream('C1', house.answersIn('C1')[0]?.ts ?? '', 'person')
    await server.waitFor(() => house.answersIn('C1')[0]?.text === shown, { timeoutMs: 60_000 })
    expect(house.answersIn('C1')).toHaveLength(1)
    expect(workspace.countCalls('chat.update')).toBeGreaterThan(0)
  })

  it.each(['chat.appendStream', 'chat.stopStream'])(
    'is whole and there once when Slack drops the answer to %s',
    async (on) => {
      const { workspace, models, server } = await open()
      models.reply(slowly)
      workspace.faults.add({ on, kind: 'drop-after' })
      workspace.say({ channel: 'C1', text: '@junctor slowly' })
      const isWhole = (): boolean => {
        const [answer] = house.answersIn('C1')
        return answer?.text === shown && !answer.isStreaming
      }
      await server.waitFor(isWhole, { timeoutMs: 60_000 })
      workspace.say({ channel: 'C1', text: '@junctor next' })
      await house.untilAnswers('C1', 2)
      expect(house.answersIn('C1').map((answer) => answer.text)).toEqual([
        shown,
        expect.stringContaining('next'),
      ])
    },
  )

  it('longer than a message is streamed as far as its first piece, and comes whole', async () => {
    const { workspace, models, server } = await open()
    const words = Array.from({ length: 3_000 }, (_, index) => `word${index}`)
    models.reply({ text: words.join(' '), chunkSize: 2_000, chunkDelayMs: 150 })
    workspace.say({ channel: 'C1', text: '@junctor long story' })
    const said = (): string =>
      house
        .answersIn('C1')
        .map((answer) => answer.text)
        .join(' ')
    await server.waitFor(() => said().includes('word2999'), { timeoutMs: 60_000 })
    await vi.waitFor(() => expect(said().split(/\s+/)).toEqual(words), { timeout: 20_000 })
    expect(house.answersIn('C1')[0]?.history.length).toBeGreaterThan(0)
  })
})

describe('a message that waits', () => {
  it('is answered as it was edited, and not at all when it was deleted', async () => {
    const { workspace, models, untilAnswers } = await open()
    models.respond(({ lastUserText }) => ({
      text: `answer to ${lastUserText}`,
      ...(lastUserText === 'first' ? { chunkDelayMs: 100 } : {}),
    }))
    workspace.say({ channel: 'U7', text: 'first' })
    await models.waitFor(({ lastUserText }) => lastUserText === 'first')
    const edited = workspace.say({ channel: 'U7', text: 'secnod' })
    const deleted = workspace.say({ channel: 'U7', text: 'third' })
    workspace.edit({ channel: 'U7', ts: edited.ts, text: 'second' })
    workspace.remove({ channel: 'U7', ts: deleted.ts })
    await vi.waitFor(() => expect(workspace.waiting()).toEqual([]), { timeout: 20_000 })
    workspace.say({ channel: 'U7', text: 'last' })
    expect(await untilAnswers('U7', 3)).toEqual([
      'answer to first',
      'answer to second',
      'answer to last',
    ])
  })
})

describe('a burst', () => {
  it('of a hundred messages is answered whole and in order under rate limits', async () => {
    const { workspace, untilAnswers } = await open({
      messages: { queue: { mode: 'queue', cap: 200 } },
    })
    const limit = { on: 'chat.postMessage', kind: 'rate-limit', retryAfterMs: 1000 } as const
    workspace.faults.add(limit)
    const texts = Array.from({ length: 100 }, (_, index) => `message ${index}`)
    for (const text of texts) workspace.say({ channel: 'U7', text })
    await untilAnswers('U7', 50)
    workspace.faults.add(limit)
    expect(await untilAnswers('U7', 100)).toEqual(texts.map((text) => `answer to ${text}`))
  }, 120_000)
})

describe('an outage', () => {
  it('of Slack holds answers up, and loses and doubles none', async () => {
    const { workspace, models, server, untilAnswers, untilState } = await open()
    models.respond(({ lastUserText }) => ({
      text: `answer to ${lastUserText}`,
      chunkDelayMs: 50,
      chunkSize: 4,
    }))
    workspace.say({ channel: 'C1', text: '@junctor one' })
    await models.waitFor(({ lastUserText }) => lastUserText.includes('one'))
    await server.stop()
    await untilState('offline')
    workspace.say({ channel: 'C1', text: '@junctor two' })
    await server.restart()
    await untilState('online')
    await untilAnswers('C1', 2)
    workspace.say({ channel: 'C1', text: '@junctor three' })
    expect(await untilAnswers('C1', 3)).toEqual([
      expect.stringMatching(/one$/),
      expect.stringMatching(/two$/),
      expect.stringMatching(/three$/),
    ])
  })

  it('of the gateway that lasts longer than Slack waits is caught up from the history', async () => {
    const { workspace, untilAnswers } = await open()
    workspace.say({ channel: 'U7', text: 'one' })
    await untilAnswers('U7', 1)
    await house.stop()
    workspace.say({ channel: 'U7', text: 'two' })
    workspace.forget()
    workspace.say({ channel: 'U7', text: 'three' })
    await house.start()
    expect(await untilAnswers('U7', 3)).toEqual([
      'answer to one',
      'answer to two',
      'answer to three',
    ])
    await house.stop()
    await house.start()
    workspace.say({ channel: 'U7', text: 'four' })
    expect(await untilAnswers('U7', 4)).toHaveLength(4)
  })

  it('that only a person can end is told', async () => {
    const { workspace, untilState } = await open()
    workspace.revoke('app', 'token_revoked')
    await untilState('needs-login')
  })
})

describe('a post', () => {
  it('whose answer got lost is counted as in doubt, and not made again under "hold"', async () => {
    const { workspace, untilAnswers } = await open({ delivery: { unknown: 'hold' } })
    workspace.faults.add({ on: 'chat.postMessage', kind: 'drop-after' })
    workspace.say({ channel: 'U7', text: 'one' })
    await untilAnswers('U7', 1)
    workspace.say({ channel: 'U7', text: 'two' })
    expect(await untilAnswers('U7', 2)).toEqual(['answer to one', 'answer to two'])
    await vi.waitFor(async () => expect((await house.gateway.status()).unknownDeliveries).toBe(1), {
      timeout: 20_000,
    })
  })
})
