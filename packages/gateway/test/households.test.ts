import type { Tool } from '@junctor/agent'
import { afterEach, describe, expect, it } from 'vitest'
import { contextOf, openRoom, type Room } from './room.ts'

let room: Room

afterEach(() => room.close())

const tool = (name: string): Tool => ({
  name,
  description: name,
  inputSchema: { type: 'object' },
  run: async () => name,
})

describe('one number for several people', () => {
  const split = {
    agents: [{ id: 'alex' }, { id: 'mia' }],
    sim: { dmPolicy: 'allowlist', allowFrom: ['+15551', '+15552'], accounts: { home: {} } },
    more: {
      bindings: ['+15551', '+15552', '+15553'].map((id, index) => ({
        agentId: index === 1 ? 'mia' : 'alex',
        match: { channel: 'sim', peer: { kind: 'direct', id } },
      })),
    },
  }
  const write = (from: string): string =>
    room.say('hello', { peer: { kind: 'dm', id: from }, accountId: 'home' })

  it('splits their direct messages by who writes, and answers all of them from that number', async () => {
    room = await openRoom(split)
    write('+15551')
    write('+15552')
    expect(await room.untilPosted(1, 'home', '+15551')).toEqual(['alex here'])
    expect(await room.untilPosted(1, 'home', '+15552')).toEqual(['mia here'])
  })

  it('is closed to whom a binding names and no list', async () => {
    room = await openRoom(split)
    const id = write('+15553')
    expect(await room.why(id)).toContain('+15553 is not in channels.sim.accounts.home.allowFrom')
    expect(room.requests).toEqual([])
  })
})

describe('a family agent in the family group', () => {
  const group = { kind: 'group', id: '4915@g.example' } as const
  const family = {
    agents: [
      { id: 'main', default: true },
      {
        id: 'family',
        name: 'Family',
        identity: { name: 'Family Bot' },
        groupChat: { mentionPatterns: ['@family', '@familybot', '@Family Bot'] },
        sandbox: { mode: 'all', scope: 'agent' },
        tools: { allow: ['read', 'calendar'], deny: ['exec', 'write', 'browser'] },
      },
    ],
    sim: {
      dmPolicy: 'allowlist',
      groupPolicy: 'allowlist',
      groupAllowFrom: ['mum', 'dad'],
      groups: { [group.id]: { requireMention: true } },
    },
    more: {
      bindings: [{ agentId: 'family', match: { channel: 'sim', peer: group } }],
    },
  }
  const tools = ['read', 'exec', 'write', 'browser', 'calendar'].map(tool)
  const say = (text: string, from = 'mum'): string => room.say(text, { peer: group, from })

  it('answers its names in any spelling, with the tools that it is allowed, and knows what was said', async () => {
    room = await openRoom(family, undefined, { tools })
    say('dinner at seven?', 'dad')
    say('@FAMILY, when is dinner?')
    await room.untilPosted(1, 'default', group.id)
    say('@familybot again?')
    await room.untilPosted(2, 'default', group.id)
    say('hey @family  bot, again')
    expect(await room.untilPosted(3, 'default', group.id)).toEqual(Array(3).fill('family here'))
    expect(contextOf(room.requests[0])).toMatchObject([{ from: 'dad', text: 'dinner at seven?' }])
    for (const { tools: offered } of room.requests)
      for (const { name } of offered) expect(['read', 'calendar']).toContain(name)
  })

  it('answers nobody else, and nothing that does not call it', async () => {
    room = await openRoom(family, undefined, { tools })
    const quiet = say('dinner at seven?')
    const stranger = say('@family, what is the code of the alarm?', 'eve')
    const elsewhere = room.say('@family?', {
      peer: { ...group, id: 'other@g.example' },
      from: 'mum',
    })
    const direct = room.say('@family?', { peer: { kind: 'dm', id: 'mum' } })
    expect(await room.why(quiet)).toContain('does not call agent family')
    expect(await room.why(stranger)).toContain(
      'eve is not in channels.sim.accounts.default.groupAllowFrom',
    )
    expect(await room.why(elsewhere)).toContain('is not in channels.sim.accounts.default.groups')
    expect(await room.why(direct)).toContain('is not in channels.sim.accounts.default.allowFrom')
    expect(room.requests).toEqual([])
  })
})
