import type { JsonValue } from '@junctor/agent'
import type { ModelServerRequest, ModelStep } from '@junctor/testkit/models'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { answersIn, untilAnswers } from './conversation.ts'
import { openHouse, type House, type Settings } from './house.ts'

let house: House
afterEach(() => house.close())

/** Two agents with an account and a session with a person each. */
const open = async (agentToAgent?: object, more: Partial<Settings> = {}): Promise<void> => {
  house = await openHouse({
    accounts: ['alf', 'bea'],
    agents: [{ id: 'alf' }, { id: 'bea' }],
    bindings: ['alf', 'bea'].map((id) => ({
      agentId: id,
      match: { channel: 'telegram', accountId: id },
    })),
    ...more,
    more: { tools: { agentToAgent }, ...more.more },
  })
}

const both = { enabled: true, allow: ['alf', 'bea'] }
const sessionOf = (agentId: string): string => `agent:${agentId}:telegram:${agentId}:dm:7`
const mainOf = (agentId: string): string => `agent:${agentId}:main`

const say = (agentId: string, text: string): void =>
  void house.telegram.bot(house.tokenOf(agentId)).say({ chat: 7, text })

type Script = (request: ModelServerRequest, agentId: string) => ModelStep

/** What each agent does, by what it was last told. */
const script = (of: Script): void =>
  house.models.respond((request) =>
    of(request, /agent id: (\w+)/.exec(request.system ?? '')?.[1] ?? ''),
  )

const call = (name: string, input: JsonValue): ModelStep => ({ tools: [{ name, input }] })

/** Agent alf makes one call when its person says "go", and says what came of it. */
const alfCalls = (name: string, input: JsonValue, others: Script = () => ({ text: 'ok' })): void =>
  script((request, agentId) => {
    const { lastUserText, toolResults } = request
    if (agentId !== 'alf' || lastUserText !== 'go') return others(request, agentId)
    const [result] = toolResults
    return result === undefined ? call(name, input) : { text: result.output }
  })

const resultOf = async (name: string, input: JsonValue, others?: Script): Promise<string> => {
  alfCalls(name, input, others)
  const before = answersIn(house, 'alf', 7).length
  say('alf', 'go')
  return (await untilAnswers(house, 'alf', 7, before + 1)).at(-1) ?? ''
}

const toldTo = (agentId: string): readonly string[] =>
  house.models.requests
    .filter(({ system }) => system?.includes(`agent id: ${agentId})`))
    .map(({ lastUserText }) => lastUserText)

describe('agents among themselves', () => {
  it.each([
    ['off and not listed', undefined, 'enabled is false'],
    ['off and listed', { enabled: false, allow: ['alf', 'bea'] }, 'enabled is false'],
    ['on and not listed', { enabled: true, allow: ['alf'] }, 'allow does not let agent "alf"'],
    ['on for nobody', { enabled: true, allow: [] }, 'allow does not let agent "alf"'],
    [
      'on for the other direction',
      { enabled: true, allow: [{ from: 'bea', to: 'alf' }] },
      'allow does not let agent "alf"',
    ],
  ])('do not reach each other where it is %s', async (_name, agentToAgent, reason) => {
    await open(agentToAgent)
    script(() => ({ text: 'hi' }))
    say('bea', 'my secret')
    await untilAnswers(house, 'bea', 7, 1)
    const sent = await resultOf('sessions_send', { agentId: 'bea', message: 'psst' })
    expect(sent).toContain('Not sent: ')
    expect(sent).toContain(reason)
    const read = await resultOf('sessions_history', { sessionKey: sessionOf('bea') })
    expect(read).toContain('Not shown: ')
    expect(read).toContain(reason)
    const listed = await resultOf('sessions_list', {})
    expect(listed).toContain(sessionOf('alf'))
    expect(listed).not.toContain('bea')
    expect(await resultOf('agents_list', {})).not.toContain('bea')
    expect(toldTo('bea')).toEqual(['my secret'])
  })

  it.each([
    ['ids', both],
    ['a pattern', { enabled: true, allow: ['*'] }],
    ['a pair', { enabled: true, allow: [{ from: 'alf', to: 'b*' }] }],
  ])('reach each other where it is on and both are allowed by %s', async (_name, rules) => {
    await open(rules, { more: { session: { ...session, agentToAgent: { maxPingPongTurns: 0 } } } })
    const answer = await resultOf(
      'sessions_send',
      { agentId: 'bea', message: 'psst' },
      ({ lastUserText }) => ({ text: `heard ${lastUserText.length > 0 ? 'you' : ''}` }),
    )
    expect(answer).toContain('"status":"ok"')
    expect(answer).toContain('| heard you')
    expect(toldTo('bea')[0]).toContain(`| psst`)
    expect(toldTo('bea')[0]).toContain(`Data from "session ${sessionOf('alf')}"`)
    expect(await resultOf('sessions_list', {})).toContain(mainOf('bea'))
    expect(await resultOf('sessions_history', { sessionKey: mainOf('bea') })).toContain('heard you')
    expect(await resultOf('agents_list', {})).toContain('"bea"')
  })

  it('need no permission for sessions of one agent', async () => {
    await open()
    script(() => ({ text: 'hi' }))
    const answer = await resultOf(
      'sessions_send',
      { agentId: 'alf', message: 'note this' },
      ({ lastUserText }) => ({
        text: lastUserText.includes('note this') ? 'noted' : 'REPLY_SKIP',
      }),
    )
    expect(answer).toContain('| noted')
  })

  it('are not waited for with timeoutSeconds 0, and answer later as a message', async () => {
    await open(both)
    const answer = await resultOf(
      'sessions_send',
      { agentId: 'bea', message: 'psst', timeoutSeconds: 0 },
      ({ lastUserText }) => ({
        text: lastUserText.includes('| psst') ? 'later' : 'REPLY_SKIP',
      }),
    )
    expect(JSON.parse(answer)).toMatchObject({ status: 'accepted', sessionKey: mainOf('bea') })
    await vi.waitFor(() => expect(toldTo('alf').at(-1)).toContain('| later'), 20_000)
    const runId = String(JSON.parse(answer).runId)
    const [story] = await house.gateway.why(runId)
    expect(story?.steps[0]?.text).toContain(`It came from session ${sessionOf('alf')}`)
  })

  it('that take too long leave a timeout, and go on', async () => {
    await open(both)
    const answer = await resultOf(
      'sessions_send',
      { agentId: 'bea', message: 'psst', timeoutSeconds: 1 },
      ({ lastUserText }) => ({
        text: lastUserText.includes('| psst') ? 'a late answer' : 'REPLY_SKIP',
        chunkSize: 1,
        chunkDelayMs: lastUserText.includes('| psst') ? 300 : 0,
      }),
    )
    expect(answer).toContain('"status":"timeout"')
    await vi.waitFor(() => expect(toldTo('alf').at(-1)).toContain('| a late answer'), 20_000)
  })

  it('that fail are an error of the call', async () => {
    await open(both)
    const answer = await resultOf('sessions_send', { agentId: 'bea', message: 'psst' }, () => ({
      fault: { kind: 'unauthorized' },
    }))
    expect(answer).toContain('"status":"error"')
  })

  it('talk back and forth as often as they may, and then tell their people', async () => {
    await open(both, { more: { session: { ...session, agentToAgent: { maxPingPongTurns: 3 } } } })
    script(() => ({ text: 'hi' }))
    say('bea', 'hello')
    await untilAnswers(house, 'bea', 7, 1)
    let said = 0
    const answer = await resultOf(
      'sessions_send',
      { sessionKey: sessionOf('bea'), message: 'psst' },
      ({ lastUserText }, agentId) => {
        if (lastUserText.includes('has ended')) return { text: 'We have talked.' }
        said += 1
        return { text: `${agentId} says ${said}` }
      },
    )
    expect(answer).toContain('| bea says 1')
    expect(await untilAnswers(house, 'bea', 7, 2)).toEqual(['hi', 'We have talked.'])
    expect(said).toBe(4)
    expect(toldTo('alf').at(-1)).toContain('| bea says 3')
    expect(toldTo('bea').at(-1)).toContain('| Last: alf says 4')
    expect(answersIn(house, 'alf', 7)).toHaveLength(1)
  })

  it('end their exchange with REPLY_SKIP, and keep it to themselves with ANNOUNCE_SKIP', async () => {
    await open(both)
    script(() => ({ text: 'hi' }))
    say('bea', 'hello')
    await untilAnswers(house, 'bea', 7, 1)
    await resultOf(
      'sessions_send',
      { sessionKey: sessionOf('bea'), message: 'psst' },
      ({ lastUserText }, agentId) => {
        if (lastUserText.includes('has ended')) return { text: 'ANNOUNCE_SKIP' }
        return { text: agentId === 'alf' ? 'REPLY_SKIP' : 'fine' }
      },
    )
    await vi.waitFor(() => expect(toldTo('bea').at(-1)).toContain('| Last: fine'), 20_000)
    say('bea', 'more')
    await untilAnswers(house, 'bea', 7, 2)
    expect(answersIn(house, 'bea', 7)).toHaveLength(2)
  })

  it('that wait for each other are told at once, and the one that waited first is answered', async () => {
    await open(both, { more: { session: { ...session, agentToAgent: { maxPingPongTurns: 0 } } } })
    const answer = await resultOf(
      'sessions_send',
      { agentId: 'bea', message: 'psst' },
      ({ toolResults }, agentId) => {
        if (agentId !== 'bea') return { text: 'ok' }
        const [result] = toolResults
        const back = { sessionKey: sessionOf('alf'), message: 'and you?' }
        return result === undefined ? call('sessions_send', back) : { text: result.output }
      },
    )
    expect(answer).toContain('"status":"ok"')
    expect(answer).toContain('neither would ever answer')
    expect(toldTo('alf').join()).not.toContain('and you?')
  })

  it('get a turn although all places are taken by those who wait for them', async () => {
    house = await openHouse(
      {
        accounts: ['alf'],
        agents: [{ id: 'alf', limits: { maxConcurrentTurns: 1 } }],
        more: { session: { ...session, agentToAgent: { maxPingPongTurns: 0 } } },
      },
      { maxConcurrentTurns: 1 },
    )
    const answer = await resultOf(
      'sessions_send',
      { agentId: 'alf', message: 'psst', timeoutSeconds: 600 },
      () => ({ text: 'made it' }),
    )
    expect(answer).toContain('| made it')
  })

  it('stop after so many hops, whatever the circle and over a restart', async () => {
    await open(both, {
      more: { session: { ...session, agentToAgent: { maxPingPongTurns: 0, maxHops: 3 } } },
    })
    const outputs: string[] = []
    script(({ lastUserText, toolResults }, agentId) => {
      const [result] = toolResults
      if (result !== undefined) {
        outputs.push(result.output)
        return { text: 'passed on' }
      }
      if (lastUserText !== 'go' && !lastUserText.includes('| ball')) return { text: 'ok' }
      const agentIdOfOther = agentId === 'alf' ? 'bea' : 'alf'
      return call('sessions_send', { agentId: agentIdOfOther, message: 'ball', timeoutSeconds: 0 })
    })
    const { post } = house.gateway
    await post({
      sessionKey: mainOf('alf'),
      origin: { kind: 'session', sessionKey: mainOf('bea') },
      key: 'the first hop',
      text: 'A message:',
      data: 'ball',
      causation: { rootId: 'msg_root', parentId: 'msg_root', hops: 1 },
    })
    await house.restart()
    await vi.waitFor(() => expect(outputs).toHaveLength(3), 20_000)
    expect(outputs.map((output) => output.includes('accepted'))).toEqual([true, true, false])
    expect(outputs[2]).toContain('3 messages between agents have followed from message msg_root')
  })

  it('in a sandbox see only what they started themselves', async () => {
    await open(both, {
      agents: [{ id: 'alf', sandbox: { mode: 'all' } }, { id: 'bea' }],
      more: { tools: { agentToAgent: both, sandbox: { tools: { allow: ['*'] } } } },
    })
    script(() => ({ text: 'hi' }))
    say('bea', 'my secret')
    await untilAnswers(house, 'bea', 7, 1)
    await house.gateway.post({
      sessionKey: mainOf('alf'),
      origin: { kind: 'cron', jobId: 'job' },
      key: '1',
      text: 'hello',
    })
    const listed = await resultOf('sessions_list', {})
    expect(listed).toContain(sessionOf('alf'))
    expect(listed).not.toContain(mainOf('alf'))
    for (const sessionKey of [mainOf('alf'), sessionOf('bea')]) {
      expect(await resultOf('sessions_history', { sessionKey })).toContain('runs in a sandbox')
      const sent = await resultOf('sessions_send', { sessionKey, message: 'psst' })
      expect(sent).toContain('runs in a sandbox')
    }
    expect(toldTo('bea')).toEqual(['my secret'])
  })

  it.each([
    ['no target', { message: 'psst' }, 'either "sessionKey" or "agentId"'],
    ['two targets', { message: 'psst', agentId: 'bea', sessionKey: 'x' }, 'either "sessionKey"'],
    ['a session that there is not', { message: 'a', sessionKey: 'agent:bea:x' }, 'no session'],
    ['a key that is none', { message: 'a', sessionKey: 'bea' }, 'is not a session key'],
    ['an agent that there is not', { message: 'a', agentId: 'cat' }, 'does not let agent "alf"'],
    ['nothing to say', { message: ' ', agentId: 'bea' }, '"message" is empty'],
    ['a wait without end', { message: 'a', agentId: 'bea', timeoutSeconds: 1e6 }, '0 to 3600'],
    ['itself', { message: 'a', sessionKey: sessionOf('alf') }, 'this is that session'],
  ])('are sent nothing for %s', async (_name, input, reason) => {
    await open(both)
    expect(await resultOf('sessions_send', input)).toContain(reason)
    expect(toldTo('bea')).toEqual([])
  })

  it('read histories in bounds, without tools unless asked for', async () => {
    await open()
    script(({ toolResults }) =>
      toolResults.length === 0 ? call('session_status', {}) : { text: 'long '.repeat(600) },
    )
    for (let index = 1; index <= 12; index += 1) {
      say('alf', `message ${index}`)
      await untilAnswers(house, 'alf', 7, index)
    }
    /** Of a call that alf makes in answer to its person. */
    const outputOf = async (input: { readonly [key: string]: JsonValue }): Promise<string> => {
      const { length } = house.models.requests
      alfCalls('sessions_history', { sessionKey: sessionOf('alf'), ...input })
      say('alf', 'go')
      const isNew = (request: ModelServerRequest): boolean =>
        house.models.requests.indexOf(request) >= length && request.toolResults.length > 0
      return (await house.models.waitFor(isNew)).toolResults[0]?.output ?? ''
    }
    const plain = await outputOf({ limit: 100 })
    expect(plain.length).toBeLessThan(25_000)
    expect(plain).toContain('omitted')
    expect(plain).not.toContain('session_status')
    expect(await outputOf({ includeTools: true, limit: 5 })).toContain('"call":"sessions_history"')
  })
})

const session = { dmScope: 'per-account-channel-peer' }
