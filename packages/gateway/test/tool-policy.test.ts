import { mkdir } from 'node:fs/promises'
import { parseConfig } from '@junctor/config'
import { configProblems } from '@junctor/gateway'
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
