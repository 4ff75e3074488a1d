import type { Model, Tool } from '@junctor/agent'
import type { GatewayOptions } from '@junctor/gateway'
import { afterEach, describe, expect, it } from 'vitest'
import { answersIn, storyOf, textOfStory, untilAnswers } from './conversation.ts'
import { openHouse, type House } from './house.ts'

let house: House
afterEach(() => house.close())

interface Gate {
  readonly tool: Tool
  /** Resolves when the tool runs for the nth time. */
  reached(times: number): Promise<void>
  open(): void
}

/** A tool that runs until the test opens it. */
function createGate(name = 'wait', more: Partial<Tool> = {}): Gate {
  const opened = Promise.withResolvers<void>()
  let runs = 0
  return {
    tool: {
      name,
      description: 'Waits.',
      inputSchema: { type: 'object' },
      async run() {
        runs += 1
        await opened.promise
        return `${name} ${runs}`
      },
      ...more,
    },
    reached: (times) => expect.poll(() => runs, { timeout: 20_000 }).toBe(times),
    open: () => opened.resolve(),
  }
}

const open = async (
  queue: object,
  options: Partial<GatewayOptions> = {},
  more: object = {},
): Promise<void> => {
  house = await openHouse(
    { agents: [{ id: 'main' }], accounts: ['red'], more: { messages: { queue }, ...more } },
    options,
  )
}
const bot = () => house.telegram.bot(house.tokenOf('red'))
const say = (text: string, chat = 7, from?: number): string =>
  String(bot().say({ chat, text, ...(from === undefined ? {} : { from }) }).message_id)
/** Resolves when so many messages wait, besides the one that is being answered. */
const untilWaiting = (count: number): Promise<void> =>
  expect
    .poll(async () => (await house.store.agent('main').counts()).inbox.pending, { timeout: 20_000 })
    .toBe(count)
/** What people said in the last request, in order. */
const lastAsked = (): readonly string[] => {
  const body = JSON.stringify(house.models.requests.at(-1)?.body)
  return body.match(/(?:Person \d+: )?say \w+/g) ?? []
}

describe('collect', () => {
  it('joins what waits into one turn that keeps who said what', async () => {
    const gate = createGate()
    await open({ mode: 'collect', debounceMs: 10 }, { tools: [gate.tool] })
    house.models.reply({ tools: [{ name: 'wait', input: {} }] }, { text: 'first' }, { text: 'all' })
    bot().addChat(-100, { type: 'supergroup' })
    say('say one', -100, 1)
    await gate.reached(1)
    const later = [say('say two', -100, 1), say('say three', -100, 2), say('say four', -100, 1)]
    await untilWaiting(3)
    gate.open()
    expect(await untilAnswers(house, 'red', -100, 2)).toEqual(['first', 'all'])
    expect(lastAsked()).toEqual([
      'Person 1: say one',
      'Person 1: say two',
      'Person 2: say three',
      'Person 1: say four',
    ])
    const shown = bot().messages(-100).at(-1)
    expect(String(shown?.message.reply_to_message?.message_id)).toBe(later[2])
    const turnIds = new Set<string>()
    for (const id of later) {
      const text = textOfStory(await storyOf(house, id))
      expect(text).toMatch(/It began a turn together with msg_\w+, msg_\w+ \(.* was collect\)/)
      turnIds.add(/Turn (turn_\w+)/.exec(text)?.[1] ?? '')
    }
    expect(turnIds.size).toBe(1)
  })

  it('waits until nobody has written for a while', async () => {
    await open({ mode: 'queue', byChannel: { telegram: 'collect' }, debounceMs: 1_500 })
    say('say one')
    say('say two')
    say('say three')
    await untilAnswers(house, 'red', 7, 1)
    expect(lastAsked()).toEqual(['say one', 'say two', 'say three'])
  })

  it('waits no longer once as many messages wait as may', async () => {
    await open({ mode: 'collect', debounceMs: 60_000, cap: 2 })
    say('say one')
    say('say two')
    await untilAnswers(house, 'red', 7, 1)
    expect(lastAsked()).toEqual(['say one', 'say two'])
  })

  it('answers each person of a shared session on their own', async () => {
    const gate = createGate()
    await open(
      { mode: 'collect', debounceMs: 0 },
      { tools: [gate.tool] },
      { session: { dmScope: 'main' } },
    )
    house.models.reply({ tools: [{ name: 'wait', input: {} }] })
    house.models.respond(({ lastUserText }) => ({ text: `to ${lastUserText}` }))
    say('say one', 7)
    await gate.reached(1)
    say('say two', 7)
    await untilWaiting(1)
    say('say three', 8)
    await untilWaiting(2)
    say('say four', 7)
    await untilWaiting(3)
    gate.open()
    await untilAnswers(house, 'red', 7, 3)
    expect(answersIn(house, 'red', 7)).toEqual(['to say one', 'to say two', 'to say four'])
    expect(answersIn(house, 'red', 8)).toEqual(['to say three'])
  })
})

describe('steer', () => {
  it('takes messages into the running turn after its tool calls, and answers once', async () => {
    const gate = createGate()
    await open({ mode: 'steer' }, { tools: [gate.tool] })
    house.models.reply({ tools: [{ name: 'wait', input: {} }] }, { text: 'both' })
    const one = say('say one')
    await gate.reached(1)
    const two = say('say two')
    await untilWaiting(1)
    gate.open()
    expect(await untilAnswers(house, 'red', 7, 1)).toEqual(['both'])
    expect(house.models.requests).toHaveLength(2)
    expect(lastAsked()).toEqual(['say one', 'say two'])
    expect(house.models.requests[1]?.toolResults).toHaveLength(1)
    const story = textOfStory(await storyOf(house, two))
    expect(story).toMatch(/It entered a turn that was running, .* together with msg_\w+/)
    expect(textOfStory(await storyOf(house, one))).toMatch(/It began a turn together with msg_/)
    const [session] = await house.store.agent('main').sessions()
    const transcript = await house.store
      .agent('main')
      .transcript(session?.sessionKey ?? '', { limit: 9 })
    expect(transcript.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'user',
      'assistant',
    ])
  })

  it('leaves them to the next turn when the running one calls no more tools', async () => {
    const gate = Promise.withResolvers<void>()
    const asked: string[][] = []
    const model: Model = {
      spec: 'model-v1',
      id: 'anthropic/claude-test',
      async *stream({ messages }) {
        asked.push(messages.flatMap(({ role, parts }) => (role === 'user' ? textsOf(parts) : [])))
        if (asked.length === 1) await gate.promise
        yield { type: 'text', text: `answer ${asked.length}` }
        yield { type: 'done', stopReason: 'end', usage: { inputTokens: 1, outputTokens: 1 } }
      },
    }
    await open({ mode: 'steer' }, { models: { resolve: () => model } })
    say('say one')
    await expect.poll(() => asked.length, { timeout: 20_000 }).toBe(1)
    say('say two')
    say('say three')
    await untilWaiting(2)
    gate.resolve()
    expect(await untilAnswers(house, 'red', 7, 2)).toEqual(['answer 1', 'answer 2'])
    expect(asked).toEqual([['say one'], ['say one', 'say two', 'say three']])
  })
})

describe('interrupt', () => {
  it('gives the running turn up, and one answer takes the place of the half-shown one', async () => {
    await open({ mode: 'interrupt' })
    house.models.reply({
      text: 'half an answer that never ends',
      chunkSize: 4,
      fault: { kind: 'stall', afterEvents: 6 },
    })
    house.models.respond(() => ({ text: 'whole' }))
    const one = say('say one')
    await house.telegram.waitFor(() => answersIn(house, 'red', 7).length === 1, {
      timeoutMs: 20_000,
    })
    const two = say('say two')
    await house.telegram.waitFor(() => answersIn(house, 'red', 7).at(-1) === 'whole', {
      timeoutMs: 20_000,
    })
    expect(answersIn(house, 'red', 7)).toEqual(['whole'])
    expect(lastAsked()).toEqual(['say one', 'say two'])
    expect(house.models.requests[0]?.aborted).toBe(true)
    expect(textOfStory(await storyOf(house, one))).toContain(
      'An earlier attempt at it was given back: a newer message came in while it was being answered.',
    )
    expect(textOfStory(await storyOf(house, two))).toMatch(/together with msg_/)
  })

  it('leaves a turn alone that answers somebody else of a shared session', async () => {
    const gate = createGate()
    await open({ mode: 'interrupt' }, { tools: [gate.tool] }, { session: { dmScope: 'main' } })
    house.models.reply({ tools: [{ name: 'wait', input: {} }] })
    house.models.respond(({ lastUserText }) => ({ text: `to ${lastUserText}` }))
    say('say one', 7)
    await gate.reached(1)
    say('say two', 8)
    await untilWaiting(1)
    gate.open()
    expect(await untilAnswers(house, 'red', 7, 1)).toEqual(['to say one'])
    expect(await untilAnswers(house, 'red', 8, 1)).toEqual(['to say two'])
    expect(house.models.requests).toHaveLength(3)
  })

  it('repeats no call that must not be made twice, however often it happens', async () => {
    const charge = createGate('charge', { once: true })
    charge.open()
    await open({ mode: 'interrupt' }, { tools: [charge.tool] })
    house.models.reply({ tools: [{ name: 'charge', input: {} }] })
    const stall = { text: 'never', fault: { kind: 'stall', afterEvents: 1 } } as const
    house.models.respond(({ body }) =>
      JSON.stringify(body).includes('say ten') ? { text: 'at last' } : stall,
    )
    say('say one')
    const words = ['two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']
    for (const [index, word] of words.entries()) {
      // The first turn asks twice, each further one once.
      const asked = index + 2
      await expect.poll(() => house.models.requests.length, { timeout: 20_000 }).toBe(asked)
      say(`say ${word}`)
    }
    expect(await untilAnswers(house, 'red', 7, 1)).toEqual(['at last'])
    expect(lastAsked()).toHaveLength(10)
    await charge.reached(1)
    expect(house.models.requests.at(-1)?.toolResults).toHaveLength(1)
  })
})

describe('a session in which too many messages wait', () => {
  it('refuses more of them, tells so once, and goes on when there is room', async () => {
    const gate = createGate()
    await open({ cap: 2 }, { tools: [gate.tool] })
    house.models.reply({ tools: [{ name: 'wait', input: {} }] })
    house.models.respond(({ lastUserText }) => ({ text: `to ${lastUserText}` }))
    say('say one')
    await gate.reached(1)
    say('say two')
    say('say three')
    const refused = [say('say four'), say('say five')]
    const notice = (await untilAnswers(house, 'red', 7, 1))[0] ?? ''
    expect(notice).toMatch(/did not take this message: 2 others wait/)
    for (const id of refused) {
      await expect.poll(() => house.gateway.why(id), { timeout: 20_000 }).toHaveLength(1)
      const story = await storyOf(house, id)
      expect(story.outcome).toBe('refused')
      expect(story.summary).toBe(
        'It was not taken: 2 messages wait in this session already, as many as messages.queue.cap allows.',
      )
    }
    gate.open()
    await untilAnswers(house, 'red', 7, 4)
    say('say six')
    expect(await untilAnswers(house, 'red', 7, 5)).toEqual([
      notice,
      'to say one',
      'to say two',
      'to say three',
      'to say six',
    ])
  })
})

function textsOf(
  parts: readonly { readonly type: string; readonly text?: string }[],
): readonly string[] {
  return parts.flatMap(({ text }) => (text === undefined ? [] : [text]))
}
