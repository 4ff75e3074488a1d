import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Tool } from '@junctor/agent'
import { parseConfig } from '@junctor/config'
import { createGateway } from '@junctor/gateway'
import { createModels } from '@junctor/models'
import { openSqliteStore } from '@junctor/store-sqlite'
import { createSimChannel } from '@junctor/testkit'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { answersIn, storyOf, textOfStory, untilAnswers, untilSettled } from './conversation.ts'
import { openHouse, type House, type Settings } from './house.ts'

let house: House
let isOpen = false
afterEach(async () => {
  if (isOpen) await house.close()
  isOpen = false
})

const open = async (
  settings: Partial<Settings> = {},
  options: Parameters<typeof openHouse>[1] = {},
): Promise<void> => {
  house = await openHouse(
    { agents: [{ id: 'main', name: 'Ada' }], accounts: ['red'], ...settings },
    options,
  )
  isOpen = true
  house.models.respond(({ lastUserText }) => ({ text: `to ${lastUserText}` }))
}
/** Chat 7 may change things; others may only write. */
const trusted = { telegram: { dmPolicy: 'open', groupPolicy: 'open', allowFrom: ['7'] } }
const aliases = (): { readonly [key: string]: unknown } => ({
  models: {
    aliases: { fast: 'anthropic/quick' },
    providers: {
      anthropic: { baseUrl: house.models.baseUrl('anthropic'), apiKey: 'fake-key' },
    },
  },
})

const bot = () => house.telegram.bot(house.tokenOf('red'))
const say = (text: string, chat = 7, from?: number): string =>
  String(bot().say({ chat, text, ...(from === undefined ? {} : { from }) }).message_id)
const answers = (chat = 7): readonly string[] => answersIn(house, 'red', chat)
/** Says it and gives the next answer of the chat. */
const ask = async (text: string, chat = 7, from?: number): Promise<string> => {
  const count = answers(chat).length
  say(text, chat, from)
  return (await untilAnswers(house, 'red', chat, count + 1)).at(-1) ?? ''
}
/** What people said in the last request, in order. */
const asked = (): readonly string[] => {
  const messages = house.models.requests.at(-1)?.body['messages']
  const people = Array.isArray(messages)
    ? messages.filter((message) => JSON.stringify(message).includes('"role":"user"'))
    : []
  return JSON.stringify(people).match(/say \w+/g) ?? []
}
const main = () => house.store.agent('main')
const sessionOf = async (chat = 7) =>
  (await main().sessions()).find(({ sessionKey }) => sessionKey.endsWith(`:${chat}`))

interface Gate {
  readonly tool: Tool
  readonly reached: () => Promise<void>
  readonly open: () => void
}
function createGate(): Gate {
  const opened = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  return {
    tool: {
      name: 'charge',
      description: 'Charges.',
      inputSchema: { type: 'object' },
      once: true,
      async run() {
        reached.resolve()
        await opened.promise
        return 'charged'
      },
    },
    reached: () => reached.promise,
    open: () => opened.resolve(),
  }
}
const untilWaiting = (count: number): Promise<void> =>
  expect.poll(async () => (await main().counts()).inbox.pending, { timeout: 20_000 }).toBe(count)

describe('a command', () => {
  it('is answered by the gateway: no model sees it, and it can be explained', async () => {
    await open()
    expect(await ask('/help')).toMatch(/\/status.*\n.*\/new/)
    expect(await ask('/agent')).toMatch(/^Ada \(main\) answers here: no binding fits/)
    const id = say('/status')
    const status = (await untilAnswers(house, 'red', 7, 3)).at(-1)
    expect(status).toMatch(/Agent: Ada \(main\)\nModel: anthropic\/claude-test\n/)
    expect(status).toMatch(/0 tokens in.*\n.*nothing is being answered, 0 waiting/)
    expect(house.models.requests).toEqual([])
    const story = await untilSettled(house, id)
    expect(story.summary).toBe('The gateway carried out the command /status.')
    expect(textOfStory(story)).toContain('answered the command /status itself; no model saw it.')
    expect(await ask('say hello')).toBe('to say hello')
    expect(asked()).toEqual(['say hello'])
    expect(JSON.stringify(house.models.requests[0]?.body)).not.toContain('/status')
  })

  it('that is none goes to the agent as text, and so does each where commands are off', async () => {
    await open()
    expect(await ask('/etc/hosts is what?')).toBe('to /etc/hosts is what?')
    await house.gateway.reload(
      house.configFrom({
        agents: [{ id: 'main' }],
        accounts: ['red'],
        more: { commands: { enabled: false } },
      }),
    )
    expect(await ask('/status')).toBe('to /status')
  })

  it('stands in the menu of the platform while commands are on', async () => {
    await open()
    await house.telegram.waitFor(() => bot().menu().length > 0, { timeoutMs: 20_000 })
    expect(bot().menu()).toContainEqual({
      command: 'stop',
      description: 'Stop what I am doing here',
    })
    const off = {
      agents: [{ id: 'main' }],
      accounts: ['red'],
      more: { commands: { enabled: false } },
    }
    await house.gateway.reload(house.configFrom(off))
    await house.telegram.waitFor(() => bot().menu().length === 0, { timeoutMs: 20_000 })
  })

  it('says so when something follows that it does not take', async () => {
    await open()
    expect(await ask('/new please')).toBe('/new takes nothing after it. It was not carried out.')
  })
})

describe('/new', () => {
  it('begins a new conversation behind what was written before it; the old one can still be read', async () => {
    const gate = createGate()
    await open({}, { tools: [gate.tool] })
    house.models.reply({ tools: [{ name: 'charge', input: {} }] })
    say('say one')
    await gate.reached()
    const before = await sessionOf()
    say('/new')
    say('say two')
    await untilWaiting(2)
    gate.open()
    const all = await untilAnswers(house, 'red', 7, 3)
    expect(all).toEqual(['to say one', expect.stringMatching(/^A new conversation/), 'to say two'])
    expect(asked()).toEqual(['say two'])
    const after = await sessionOf()
    expect(after?.sessionKey).toBe(before?.sessionKey)
    expect(after?.sessionId).not.toBe(before?.sessionId)
    expect(after?.turns).toBe(1)
    const transcript = await main().transcript(after?.sessionKey ?? '', { limit: 20 })
    expect(JSON.stringify(transcript)).toContain('say one')
    expect(JSON.stringify(transcript)).not.toContain('/new')
  })

  it('that the platform delivers twice is one', async () => {
    await open()
    await ask('say one')
    bot().faults.add({ on: 'getUpdates', kind: 'duplicate' })
    await ask('/reset')
    const once = await sessionOf()
    expect(await ask('say two')).toBe('to say two')
    expect((await sessionOf())?.sessionId).toBe(once?.sessionId)
    expect(answers()).toHaveLength(3)
  })

  it('is not needed when the rule of the config has begun one', async () => {
    let ahead = 0
    const now = (): number => Date.now() + ahead
    await open({ more: { session: { dmScope: 'per-peer', reset: { atHour: 4 } } } }, { now })
    await ask('say one')
    const first = await sessionOf()
    await ask('say two')
    ahead = 24 * 60 * 60_000
    await ask('say three')
    expect(asked()).toEqual(['say three'])
    const next = await sessionOf()
    expect(next?.sessionId).not.toBe(first?.sessionId)
    await ask('say four')
    expect(asked()).toEqual(['say three', 'say four'])
    expect((await sessionOf())?.sessionId).toBe(next?.sessionId)
  })
})

describe('/stop', () => {
  it('ends at once what runs and what waits, says so, and leaves the agent knowing', async () => {
    const gate = createGate()
    await open({}, { tools: [gate.tool] })
    house.models.reply({ tools: [{ name: 'charge', input: {} }] })
    const one = say('say one')
    await gate.reached()
    const two = say('say two')
    say('say three')
    await untilWaiting(2)
    expect(await ask('/stop')).toBe(
      '⏹ Stopped. I gave up answering 1 message. I dropped 2 messages that waited.',
    )
    expect((await storyOf(house, one)).summary).toBe(
      'Agent main could not answer it: it was stopped by /stop.',
    )
    expect((await storyOf(house, two)).summary).toBe('It was not taken: it was stopped by /stop.')
    expect(await ask('/stop now!')).toBe('There is nothing to stop.')
    gate.open()
    expect(await ask('say four')).toBe('to say four')
    expect(asked()).toEqual(['say one', 'say four'])
    expect(JSON.stringify(house.models.requests.at(-1)?.body)).toContain('Nobody knows whether')
    expect(answers()).toHaveLength(3)
  })

  it('leaves other conversations alone', async () => {
    const gate = createGate()
    await open({}, { tools: [gate.tool] })
    house.models.reply({ tools: [{ name: 'charge', input: {} }] })
    say('say one', 8)
    await gate.reached()
    expect(await ask('/stop')).toBe('There is nothing to stop.')
    gate.open()
    expect(await untilAnswers(house, 'red', 8, 1)).toEqual(['to say one'])
  })
})

describe('/model', () => {
  it('sets the model of one conversation, durably, to one that the config allows', async () => {
    await open(trusted)
    await house.gateway.reload(
      house.configFrom({
        agents: [{ id: 'main' }],
        accounts: ['red'],
        ...trusted,
        more: aliases(),
      }),
    )
    expect(await ask('/model')).toMatch(/anthropic\/claude-test, the agent's own/)
    expect(await ask('/model nothing')).toMatch(/no model nothing.*anthropic\/quick \(fast\)/)
    expect(await ask('/model fast')).toBe('From the next message on: anthropic/quick.')
    await ask('say one')
    expect(house.models.requests.at(-1)?.model).toBe('quick')
    await ask('say one', 8)
    expect(house.models.requests.at(-1)?.model).toBe('claude-test')
    expect(await ask('/status')).toContain('Model: anthropic/quick, set for this conversation')
    await ask('/new')
    await ask('say two')
    expect(house.models.requests.at(-1)?.model).toBe('quick')
    // What the config no longer allows is not asked, and that is no secret.
    await house.gateway.reload(
      house.configFrom({ agents: [{ id: 'main' }], accounts: ['red'], ...trusted }),
    )
    const id = say('say three')
    await untilAnswers(house, 'red', 7, answers().length + 1)
    expect(house.models.requests.at(-1)?.model).toBe('claude-test')
    const turn = (await storyOf(house, id)).steps.find(({ step }) => step === 'turn')
    expect(JSON.stringify(turn?.details)).toContain('anthropic/quick is no longer one that')
    expect(await ask('/model default')).toMatch(/claude-test, the agent's own/)
    expect((await sessionOf())?.settings).toEqual({})
  })
})

describe('/queue', () => {
  it('sets what becomes of messages of one conversation, and survives a restart', async () => {
    const gate = createGate()
    await open(
      { ...trusted, more: { messages: { queue: { debounceMs: 0 } } } },
      { tools: [gate.tool] },
    )
    expect(await ask('/queue')).toMatch(/: queue \(set by the config\).*Nothing waits/)
    expect(await ask('/queue often')).toMatch(/There is no mode often/)
    expect(await ask('/queue collect')).toMatch(/in this conversation: collect/)
    await house.restart()
    expect(await ask('/queue')).toMatch(/: collect \(set by this conversation\)/)
    house.models.reply({ tools: [{ name: 'charge', input: {} }] })
    say('say one')
    await gate.reached()
    say('say two')
    say('say three')
    await untilWaiting(2)
    gate.open()
    await untilAnswers(house, 'red', 7, 6)
    expect(house.models.requests).toHaveLength(3)
    expect(asked()).toEqual(['say one', 'say two', 'say three'])
    expect(await ask('/queue default')).toMatch(/the config decides: queue/)
  })
})

describe('/why', () => {
  it('tells the story of a message of this conversation only', async () => {
    await open(trusted)
    expect(await ask('/why')).toBe('There is no earlier message in this conversation.')
    const secret = say('say secret', 8)
    await untilAnswers(house, 'red', 8, 1)
    const [other] = await house.gateway.why(secret)
    expect(await ask(`/why ${other?.id}`)).toMatch(/There is no message .* in this conversation/)
    const own = say('say one')
    await untilAnswers(house, 'red', 7, 3)
    await ask('/status')
    const last = await ask('/why')
    expect(last).toMatch(/^msg_\w+: Agent main answered it\./)
    expect(last).toMatch(/Turn turn_\w+ ran anthropic\/claude-test/)
    expect((await ask(`/why ${own}`)).slice(0, 20)).toBe(last.slice(0, 20))
    // People who may not change things are not told how the house is set up.
    const brief = await ask('/why', 8)
    expect(brief).toMatch(/^msg_\w+: answered\.$/)
  })
})

describe('people who are not listed', () => {
  it('may use what touches only themselves, and are told about the rest', async () => {
    await open(trusted)
    expect(await ask('/new', 8)).toMatch(/^A new conversation begins/)
    expect(await ask('/queue', 8)).toMatch(/^Messages that come/)
    const id = say('/queue interrupt', 8)
    const refusal = (await untilAnswers(house, 'red', 8, 3)).at(-1)
    expect(refusal).toMatch(/\/queue was not carried out: only people in commands\.allowFrom/)
    expect((await storyOf(house, id)).outcome).toBe('refused')
    expect((await sessionOf(8))?.settings).toEqual({})
  })

  it('cannot touch the conversation of a room; those listed can, by a mention or by the bot’s name', async () => {
    await open({
      ...trusted,
      more: { commands: { allowFrom: { telegram: ['1'] } }, session: { dmScope: 'per-peer' } },
    })
    bot().addChat(-100, { type: 'supergroup' })
    await ask('say one', -100, 2)
    expect(await ask('@red_bot /new', -100, 2)).toMatch(/not carried out: .* may use it in a room/)
    expect(await ask('/status@red_bot', -100, 2)).toMatch(/^Agent: Ada/)
    expect(await ask('/status@other_bot', -100, 2)).toBe('to Person 2: /status@other_bot')
    // The list of commands stands in the place of the account's own.
    expect(await ask('/reset@red_bot', -100, 7)).toMatch(/not carried out/)
    expect(await ask('@red_bot /reset', -100, 1)).toMatch(/^A new conversation begins/)
    await ask('say two', -100, 2)
    expect(asked()).toEqual(['say two'])
  })
})

describe('people whom the gateway has authenticated itself', () => {
  it('may change things, and are told which agents they may choose', async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'junctor-choice-'))
    const sim = createSimChannel({ id: 'telegram', capabilities: { agentChoice: true } })
    const text = JSON.stringify({
      agents: { list: [{ id: 'main', name: 'Ada' }, { id: 'work' }] },
      session: { dmScope: 'per-peer' },
      channels: { telegram: { botToken: '1:first-token-of-a-bot' }, web: { enabled: false } },
    })
    const parsed = parseConfig(text, { home: stateDir, stateDir })
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    const store = openSqliteStore({ stateDir })
    const gateway = createGateway({
      config: parsed.config,
      store,
      channels: { telegram: sim.channel },
      models: createModels({ providers: {} }),
    })
    onTestFinished(async () => {
      await gateway.stop({ graceMs: 100 })
      await store.close()
      await rm(stateDir, { recursive: true, force: true })
    })
    await gateway.start()
    const told = (): readonly string[] =>
      sim.messages('alice').flatMap(({ fromSelf, text: shown }) => (fromSelf ? [shown] : []))
    sim.say({ text: '/agent' })
    sim.say({ text: '/queue steer' })
    sim.say({ text: '/agent', extra: { agentId: 'work' } })
    await sim.waitFor(() => told().length === 3, { timeoutMs: 20_000 })
    expect(told()).toEqual([
      'Ada (`main`) answers here: no binding fits, so the default agent answers.\nYou may choose: `main`, `work`.',
      'From now on, in this conversation: `steer`.',
      'work (`work`) answers here: its sender picked this agent.\nYou may choose: `main`, `work`.',
    ])
  })
})
