import { ModelError, type Tool } from '@junctor/agent'
import { afterEach, describe, expect, it } from 'vitest'
import { den, openRoom, person, type Room } from './room.ts'

let room: Room

afterEach(() => room.close())

const open = { groups: { '*': { requireMention: false } } }
const trio = ['cook', 'baker', 'waiter']
const agents = ['waiter', 'cook', 'baker'].map((id) => ({
  id,
  groupChat: { mentionPatterns: [`@${id}`] },
}))
const broadcast = (strategy: string): Record<string, unknown> => ({
  broadcast: { strategy, groups: { den: trio } },
})

const failed = (): ModelError => new ModelError('script', 'INVALID_REQUEST', 'the stove is off')

describe('a broadcast', () => {
  it('gives each agent a session, a history and tools of its own, and one that fails stops no other', async () => {
    const tool = (name: string): Tool => ({
      name,
      description: name,
      inputSchema: { type: 'object' },
      run: async () => name,
    })
    room = await openRoom(
      {
        agents: agents.map((agent) =>
          agent.id === 'baker' ? { ...agent, tools: { deny: ['knife'] } } : agent,
        ),
        sim: open,
        more: broadcast('parallel'),
      },
      (agentId) => {
        if (agentId === 'cook') throw failed()
        return `${agentId} says hi`
      },
      { tools: [tool('knife'), tool('oven')] },
    )
    room.say('hello')
    const first = await room.untilPosted(3)
    expect(first.filter((text) => !text.includes('could not answer')).toSorted()).toEqual([
      'baker says hi',
      'waiter says hi',
    ])
    room.say('again')
    await room.untilPosted(6)
    await room.untilQuiet()
    for (const id of trio) {
      const sessions = await room.store.agent(id).sessions()
      expect(sessions.map(({ sessionKey }) => sessionKey)).toEqual([`agent:${id}:sim:group:den`])
      const last = room.requests.findLast(({ context }) => context['agentId'] === id)
      const told = JSON.stringify(last?.messages)
      for (const other of trio)
        expect(told.includes(`${other} says`)).toBe(other === id && id !== 'cook')
      const tools = last?.tools.map(({ name }) => name) ?? []
      const own = tools.filter((name) => name === 'knife' || name === 'oven')
      expect(own).toEqual(id === 'baker' ? ['oven'] : ['knife', 'oven'])
    }
  })

  it('bypasses neither the lists nor the mention', async () => {
    room = await openRoom({
      agents: agents.map((agent) =>
        agent.id === 'waiter' ? { ...agent, allowFrom: ['7'] } : agent,
      ),
      sim: { groupPolicy: 'allowlist', groups: { den: {} }, groupAllowFrom: ['7', '8'] },
      more: broadcast('sequential'),
    })
    expect(await room.why(room.say('@cook', { from: '9' }))).toContain('groupAllowFrom (add "9")')
    expect(await room.why(room.say('nobody', { from: '7' }))).toContain('does not call agent')
    room.say('@cook and @waiter, hello', { from: '8' })
    expect(await room.untilPosted(1)).toEqual(['cook here'])
    room.say('@waiter, hello', { from: '7' })
    expect(await room.untilPosted(2)).toEqual(['cook here', 'waiter here'])
    await room.untilQuiet()
    expect(room.requests).toHaveLength(2)
  })
})

describe('a sequential broadcast', () => {
  const strategy = { agents, sim: open, more: broadcast('sequential') }
  const asked = (): readonly (string | undefined)[] =>
    room.requests
      .filter(({ context }) => context['sessionKey']?.endsWith(':group:den'))
      .map(({ context }) => context['agentId'])

  it('goes through its list, each when the one before it has ended, also when that one failed', async () => {
    const gates = new Map(trio.map((id) => [id, Promise.withResolvers<void>()]))
    room = await openRoom(strategy, async (agentId, _text, { context }) => {
      if (context['sessionKey']?.includes(':dm:')) return 'pong'
      await gates.get(agentId)?.promise
      if (agentId === 'baker') throw failed()
      return `${agentId} done`
    })
    const breakfast = room.say('breakfast')
    for (const [index, id] of trio.entries()) {
      await expect.poll(asked, { timeout: 20_000 }).toEqual(trio.slice(0, index + 1))
      // Those who come later are told of whom they wait for.
      const stories = await room.gateway.why(breakfast)
      expect(stories.slice(index + 1).map(({ outcome, summary }) => [outcome, summary])).toEqual(
        trio
          .slice(index + 1)
          .map((later, place) => [
            'waiting',
            `It waits for agent ${later}, whose turn comes when agent ${trio[index + place]} has ended with it.`,
          ]),
      )
      // Whoever could begin out of turn has had the time for it: another conversation is answered meanwhile.
      room.say('ping', { peer: { kind: 'dm', id: `p${index}` } })
      await room.untilPosted(1, 'default', `p${index}`)
      gates.get(id)?.resolve()
    }
    const posted = await room.untilPosted(3)
    expect(posted[0]).toBe('cook done')
    expect(posted[1]).toContain('could not answer')
    expect(posted[2]).toBe('waiter done')
    await expect
      .poll(() => room.store.gateway.table('sequences').list(), { timeout: 20_000 })
      .toEqual([])
  })

  it('keeps the order of messages, and answers each once although it is delivered twice', async () => {
    room = await openRoom(strategy, (agentId, text) => `${agentId}: ${text.split(' ').at(-1)}`)
    room.sim.faults.add({ on: 'receive', kind: 'duplicate', times: 3 })
    for (const word of ['one', 'two', 'three']) room.say(`say ${word}`)
    await room.untilPosted(9)
    await room.untilQuiet()
    const posted = room.posted()
    expect(posted).toHaveLength(9)
    for (const id of trio)
      expect(posted.filter((text) => text.startsWith(id))).toEqual([
        `${id}: one`,
        `${id}: two`,
        `${id}: three`,
      ])
    for (const word of ['one', 'two', 'three'])
      expect(posted.filter((text) => text.endsWith(word))).toEqual(
        trio.map((id) => `${id}: ${word}`),
      )
  })

  it('goes on after a restart with the agent whose turn it was', async () => {
    const begun = Promise.withResolvers<void>()
    let isHeld = true
    room = await openRoom(strategy, async (agentId, _text, _request) => {
      if (agentId === 'baker' && isHeld) {
        begun.resolve()
        await new Promise(() => {})
      }
      return `${agentId} done`
    })
    room.say('breakfast')
    await begun.promise
    await room.gateway.stop({ graceMs: 10 })
    isHeld = false
    await room.restart()
    expect(await room.untilPosted(3)).toEqual(['cook done', 'baker done', 'waiter done'])
    expect(asked()).toEqual(['cook', 'baker', 'baker', 'waiter'])
  })

  it('shows an edit to those who come later, and a deleted message to none of them', async () => {
    const gate = Promise.withResolvers<void>()
    room = await openRoom(strategy, async (agentId, text) => {
      if (text.includes('soup')) await gate.promise
      return `${agentId}: ${text.split(': ').at(-1)}`
    })
    const change = { channel: 'sim', accountId: 'default', peer: den, sender: person('alice') }
    const edited = room.say('soup')
    const deleted = room.say('bread')
    await expect.poll(asked, { timeout: 20_000 }).toEqual(['cook'])
    room.sim.push({
      ...change,
      sentAt: 1,
      type: 'edited',
      nativeId: 'e',
      targetId: edited,
      text: 'stew',
    })
    room.sim.push({ ...change, sentAt: 1, type: 'deleted', nativeId: 'd', targetId: deleted })
    await room.sim.waitFor(() => room.sim.acknowledged().includes('d'), { timeoutMs: 20_000 })
    gate.resolve()
    expect(await room.untilPosted(3)).toEqual(['cook: soup', 'baker: stew', 'waiter: stew'])
    await room.untilQuiet()
    expect(room.posted()).toHaveLength(3)
  })

  it('leaves out an agent that is gone', async () => {
    const gate = Promise.withResolvers<void>()
    room = await openRoom(strategy, async (agentId) => {
      if (agentId === 'cook') await gate.promise
      return `${agentId} done`
    })
    room.say('breakfast')
    await expect.poll(asked, { timeout: 20_000 }).toEqual(['cook'])
    const left = agents.filter(({ id }) => id !== 'baker')
    const more = { broadcast: { strategy: 'sequential', groups: { den: ['cook', 'waiter'] } } }
    await room.gateway.reload(room.configFrom({ agents: left, sim: open, more }))
    gate.resolve()
    expect(await room.untilPosted(2)).toEqual(['cook done', 'waiter done'])
  })
})
