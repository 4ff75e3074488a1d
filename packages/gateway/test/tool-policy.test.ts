import { mkdir } from 'node:fs/promises'
import { parseConfig } from '@junctor/config'
import { configProblems, readAudit } from '@junctor/gateway'
import { createHostWorkbench } from '@junctor/tools'
import { afterEach, describe, expect, it } from 'vitest'
import { openHouse, type House } from './house.ts'

describe('the tools of a turn', () => {
  let house: House
  afterEach(() => house.close())

  it('are fewer where the room takes some away, and a call of one is refused and explained', async () => {
    house = await openHouse({
      accounts: ['bot'],
      agents: [{ id: 'family', default: true }],
      telegram: {
        groups: {
          '*': { requireMention: false, tools: { deny: ['process'] } },
          '-100': { tools: { deny: ['exec'] } },
        },
      },
    })
    await mkdir(house.config.agents.list[0]?.workspace ?? '', { recursive: true })
    house.models.respond(({ toolResults: [result] }) =>
      result === undefined
        ? { tools: [{ name: 'exec', input: { command: 'echo ran here' } }] }
        : { text: result.output },
    )
    const bot = house.telegram.bot(house.tokenOf('bot'))
    const answerIn = (chat: number): string | undefined =>
      bot.messages(chat).find(({ message }) => message.from?.is_bot === true)?.text
    const said = bot.say({ chat: -100, text: 'in the room' })
    bot.say({ chat: 7, text: 'alone' })
    await house.telegram.waitFor(() => answerIn(7) !== undefined && answerIn(-100) !== undefined)

    expect(answerIn(7)).toContain('ran here')
    expect(answerIn(-100)).toContain('"exec" is denied to this agent')
    const asked = (text: string) =>
      house.models.requests.find(({ lastUserText }) => lastUserText.endsWith(text))?.toolNames
    expect(asked('alone')).toContain('exec')
    expect(asked('in the room')).not.toContain('exec')
    // The room's own entry stands in place of that of all rooms.
    expect(asked('in the room')).toContain('process')
    const [story] = await house.gateway.why(String(said.message_id))
    expect(story?.steps.map(({ text }) => text).join('\n')).toContain(
      'Denied: exec (channels.telegram.accounts.bot.groups.-100.tools deny "exec")',
    )
  })
})

describe('a limit on calls', () => {
  let house: House
  afterEach(() => house.close())

  it('is counted for each agent by itself, also over a restart, and says when there is room again', async () => {
    let clock = Date.parse('2026-03-01T10:00:00Z')
    const now = (): number => clock
    const limits = { throttle: { session_status: '2/m' } }
    house = await openHouse(
      {
        accounts: ['one', 'two'],
        agents: [{ id: 'a', tools: { throttle: { 'session_*': '100/h' } } }, { id: 'b' }],
        bindings: [
          { agentId: 'a', match: { channel: 'telegram', accountId: 'one' } },
          { agentId: 'b', match: { channel: 'telegram', accountId: 'two' } },
        ],
        more: { tools: limits },
      },
      { now },
    )
    house.models.respond(({ toolResults: [result] }) =>
      result === undefined
        ? { tools: [{ name: 'session_status', input: {} }] }
        : { text: result.output.startsWith('Not run') ? result.output : 'it ran' },
    )
    const ask = async (account: string): Promise<{ text: string; id: number }> => {
      const bot = house.telegram.bot(house.tokenOf(account))
      const sentBefore = bot.messages(7).length
      const said = bot.say({ chat: 7, text: 'how is it' })
      await house.telegram.waitFor(() => bot.messages(7).length >= sentBefore + 2)
      return { text: bot.messages(7).at(-1)?.text ?? '', id: said.message_id }
    }
    expect((await ask('one')).text).toBe('it ran')
    await house.restart({ now })
    expect((await ask('one')).text).toBe('it ran')
    const refused = await ask('one')
    expect(refused.text).toBe(
      'Not run: tools.throttle allows 2 calls a minute for "session_status", and they are used up. It may be called again in 30 seconds, at 2026-03-01T10:00:30.000Z.',
    )
    const [story] = await house.gateway.why(String(refused.id))
    expect(story?.steps.map(({ text }) => text)).toContain(
      'It called the tool session_status: denied (tools.throttle "session_status": 2 calls a minute).',
    )
    expect((await ask('two')).text).toBe('it ran')
    clock += 30_000
    expect((await ask('one')).text).toBe('it ran')
  })
})

describe('a command of a sandboxed session', () => {
  let house: House
  afterEach(() => house.close())

  it('leaves the sandbox for senders who may have that, when it asks or the session is told', async () => {
    const places: string[] = []
    house = await openHouse(
      {
        accounts: ['bot'],
        agents: [{ id: 'a', sandbox: { mode: 'all' } }],
        more: { tools: { elevated: { enabled: true, allowFrom: { telegram: ['7'] } } } },
      },
      {
        workbenches: {
          async open({ agent, sandbox }) {
            const place = sandbox === undefined ? 'host' : 'sandbox'
            return { ...createHostWorkbench({ folder: agent.workspace }), place }
          },
        },
        tools: [
          {
            name: 'exec',
            description: 'runs',
            inputSchema: { type: 'object', properties: {} },
            async run(_input, { workbench }) {
              const { place } = await workbench()
              places.push(place)
              return `ran in the ${place}`
            },
          },
        ],
      },
    )
    house.models.respond(({ toolResults: [result], lastUserText }) =>
      result === undefined
        ? {
            tools: [
              { name: 'exec', input: lastUserText.includes('out') ? { elevated: true } : {} },
            ],
          }
        : { text: result.output },
    )
    const bot = house.telegram.bot(house.tokenOf('bot'))
    const say = async (chat: number, text: string): Promise<{ text: string; id: number }> => {
      const sentBefore = bot.messages(chat).length
      const said = bot.say({ chat, text })
      await house.telegram.waitFor(() => bot.messages(chat).length >= sentBefore + 2)
      return { text: bot.messages(chat).at(-1)?.text ?? '', id: said.message_id }
    }
    expect((await say(7, 'work')).text).toBe('ran in the sandbox')
    const left = await say(7, 'out')
    expect(left.text).toBe('ran in the host')
    const [story] = await house.gateway.why(String(left.id))
    expect(story?.steps.map(({ text }) => text)).toContain(
      'It called the tool exec outside of the sandbox: ok (elevated).',
    )
    expect((await say(8, 'out')).text).toContain(
      'Not run: the command may not leave the sandbox: 8 is not in tools.elevated.allowFrom.telegram.',
    )
    expect((await say(8, '/elevated on')).text).toContain('Commands stay in the sandbox: 8 is not')
    expect((await say(8, 'work')).text).toBe('ran in the sandbox')

    expect((await say(7, '/elevated on')).text).toContain('From the next message on')
    expect((await say(7, '/elevated')).text).toContain('leave the sandbox')
    expect((await say(7, 'work')).text).toBe('ran in the host')
    expect((await say(7, '/elevated off')).text).toContain('stay in the sandbox')
    expect((await say(7, 'work')).text).toBe('ran in the sandbox')
    expect(places).toEqual(['sandbox', 'host', 'sandbox', 'host', 'sandbox'])

    const decisions = await readAudit(house.store, 'a', { limit: 50 })
    expect(decisions.map(({ decision, rule }) => `${decision}: ${rule}`)).toEqual([
      'elevated: elevated',
      'denied: elevated 8 is not in tools.elevated.allowFrom.telegram',
      'elevated: elevated',
    ])

    // Only whoever may have it is offered it.
    const offers = house.models.requests.map(({ body, lastUserText }) => [
      JSON.stringify(body['tools']).includes('elevated'),
      lastUserText,
    ])
    expect(offers[0]).toEqual([true, 'work'])
    expect(offers.some(([isOffered]) => isOffered === false)).toBe(true)
  })

  it('stays inside once somebody else writes into the turn', async () => {
    house = await openHouse(
      {
        accounts: ['bot'],
        agents: [{ id: 'a', sandbox: { mode: 'all' } }],
        more: {
          tools: { elevated: { enabled: true, allowFrom: { telegram: ['7'] } } },
          messages: { queue: { mode: 'steer' } },
        },
      },
      {
        workbenches: {
          open: async ({ agent }) => createHostWorkbench({ folder: agent.workspace }),
        },
        tools: [
          {
            name: 'process',
            description: 'waits',
            inputSchema: { type: 'object' },
            run: async () => {
              house.telegram.bot(house.tokenOf('bot')).say({ chat: -5, from: 8, text: 'go out' })
              await steered
              return 'waited'
            },
          },
          {
            name: 'exec',
            description: 'runs',
            inputSchema: { type: 'object', properties: {} },
            run: async () => 'it ran',
          },
        ],
      },
    )
    const steered = new Promise<void>((resolve) => {
      let count = 0
      house.gateway.events.on('message:accepted', () => {
        count += 1
        if (count === 2) resolve()
      })
    })
    house.models.reply(
      { tools: [{ name: 'process', input: {} }] },
      { tools: [{ name: 'exec', input: { elevated: true } }] },
    )
    house.models.respond(({ toolResults: [result] }) => ({ text: result?.output ?? 'ok' }))
    const bot = house.telegram.bot(house.tokenOf('bot'))
    bot.say({ chat: -5, from: 7, text: 'work' })
    const answer = (): string | undefined =>
      bot.messages(-5).find(({ message }) => message.from?.is_bot === true)?.text
    await house.telegram.waitFor(() => answer() !== undefined)
    expect(answer()).toContain('8 is not in tools.elevated.allowFrom.telegram')
  })
})

describe('rules that name no group', () => {
  it.each([
    ['tools: { deny: ["group:shell"] }', 'tools.deny'],
    [
      'tools: { byProvider: { openai: { allow: ["group:shell"] } } }',
      'tools.byProvider.openai.allow',
    ],
    [
      'agents: { list: [{ id: "a", tools: { subagents: { tools: { deny: ["group:shell"] } } } }] }',
      'agents.list[0].tools.subagents.tools.deny',
    ],
    [
      'agents: { list: [{ id: "a", permissions: { operations: ["group:shell"] } }] }',
      'agents.list[0].permissions.operations',
    ],
    [
      'channels: { web: { groups: { x: { tools: { deny: ["group:shell"] } } } } }',
      'channels.web.accounts.default.groups.x.tools.deny',
    ],
  ])('are refused where they stand: %s', (text, path) => {
    const { problems } = parseConfig(`{ ${text} }`, {
      home: '/h',
      stateDir: '/s',
      check: configProblems,
    })
    expect(problems.map((problem) => problem.path)).toEqual([path])
    expect(problems[0]?.message).toMatch(/^"group:shell" is no group of tools; there are group:all/)
  })
})
