import { fileURLToPath } from 'node:url'
import { ModelError, type JsonValue } from '@junctor/agent'
import { createAgentProcesses } from '@junctor/isolated-agent'
import { runTurn, type OnceCall, type TurnOptions, type TurnResult } from '@junctor/runtime'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { calls, says, scripted, theirs, tool, turnOf, user, type Step } from './turn.ts'

const printed: string[] = []
const processes = createAgentProcesses({
  module: fileURLToPath(new URL('service.ts', import.meta.url)),
  silenceMs: 2_000,
  log: (agentId, line) => printed.push(`${agentId}: ${line}`),
})
const memoryMb = 64
const run = (turn: TurnOptions, place?: unknown): Promise<TurnResult> =>
  processes.run(turn, { memoryMb, place })

afterEach(async () => {
  await processes.close()
  printed.length = 0
})

const hostsPid = tool('hosts-pid', async () => String(process.pid))

/** The outputs of the tools, in order. */
function outputsOf({ messages }: TurnResult): readonly string[] {
  return messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === 'tool-result' ? [part.output] : [])),
  )
}

/** What a turn came to, without how long anything took. */
function withoutTimes({ trace, ...result }: TurnResult) {
  return { ...result, trace: { ...trace, calls: trace.calls.map(({ ms: _, ...rest }) => rest) } }
}

describe('a turn in the process of its agent', () => {
  const script: readonly (readonly Step[])[] = [
    [
      { type: 'thinking', text: 'Hm.', signature: 's1' },
      { type: 'text', text: 'Let me ' },
      { type: 'text', text: 'see. ' },
      ...calls('hosts-pid', { a: ['ü', 1, null] }),
    ],
    calls('fail'),
    calls('forbidden'),
    calls('nowhere'),
    says('Done.'),
  ]
  const parts = (): Partial<TurnOptions> => ({
    model: scripted(...script),
    tools: [
      hostsPid,
      tool('fail', () => Promise.reject(new Error('it did not work'))),
      tool('forbidden', async () => 'ran'),
    ],
    gate: {
      check: (name) =>
        name === 'forbidden' ? { allowed: false, layer: 'tools', rule: 'deny' } : { allowed: true },
    },
    history: [user('Before')],
  })

  it('comes to what it comes to in the same process, and is told in the same order', async () => {
    const here = turnOf('ada', parts())
    const there = turnOf('ada', parts())
    const expected = await runTurn(here)
    const result = await run(there)
    expect(withoutTimes(result)).toEqual(withoutTimes(expected))
    expect(result.text).toBe('Done.')
    const untimed = (turn: typeof here) =>
      turn.events.map((event) => ('ms' in event ? { ...event, ms: 0 } : event))
    expect(untimed(there)).toEqual(untimed(here))
  })

  it("asks the host's gate about each call, also where it runs the tool itself", async () => {
    const rounds = [calls('folder', { n: 1 }), calls('folder', { n: 2 }), calls('hosts-pid')]
    const asked: JsonValue[] = []
    const turn = turnOf('ada', {
      model: scripted(...rounds, says('ok')),
      tools: [theirs('folder'), hostsPid],
      gate: {
        check: () => ({ allowed: true }),
        async admit({ name, input }) {
          asked.push([name, input])
          if (name === 'hosts-pid')
            return { allowed: false, layer: 'limits', rule: 'none', output: 'Not now.' }
          return asked.length === 1 ? { allowed: true } : { allowed: true, elevated: true }
        },
      },
    })
    const result = await processes.run(turn, { memoryMb, place: '/in', elevatedPlace: '/out' })
    expect(asked).toEqual([
      ['folder', { n: 1 }],
      ['folder', { n: 2 }],
      ['hosts-pid', {}],
    ])
    expect(outputsOf(result)).toEqual(['/in', '/out', 'Not now.'])
    expect(result.trace.calls.map(({ ms: _, ...call }) => call)).toEqual([
      { name: 'folder', status: 'ok' },
      { name: 'folder', status: 'ok', elevated: true },
      { name: 'hosts-pid', status: 'denied', layer: 'limits', rule: 'none' },
    ])
  })

  it('runs its own tools there and the others at the host', async () => {
    const model = scripted(calls('where'), calls('hosts-pid'), says('ok'))
    const result = await run(turnOf('ada', { model, tools: [theirs('where'), hostsPid] }))
    const [where, host] = outputsOf(result)
    expect(host).toBe(String(process.pid))
    expect(where).toBe(String(processes.list()[0]?.pid))
    expect(where).not.toBe(host)
  })

  it('has nothing of the environment, and a workbench of its own', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'fake-key-of-the-host')
    const model = scripted(calls('environment'), calls('folder'), says('ok'))
    const tools = [theirs('environment'), theirs('folder')]
    const result = await run(turnOf('ada', { model, tools }), '/srv/place')
    vi.unstubAllEnvs()
    const [environment, folder] = outputsOf(result)
    expect(environment).not.toContain('fake-key')
    expect(folder).toBe('/srv/place')
  })

  it('hands over what comes meanwhile, and writes calls down before they run', async () => {
    const journal: OnceCall[] = []
    const ran: string[] = []
    const once = tool('pay', async () => (ran.push('pay'), 'paid'), { once: true })
    const model = scripted(calls('pay'), says('ok'))
    const result = await run(
      turnOf('ada', {
        model,
        tools: [once],
        incoming: async () => [user('And quickly')],
        journal: async (entry) => {
          journal.push(entry)
          if (entry.result === undefined) expect(ran).toEqual([])
        },
      }),
    )
    expect(journal.map(({ result: ended }) => ended?.output)).toEqual([undefined, 'paid'])
    expect(result.messages).toContainEqual(user('And quickly'))
    expect(model.requests[1]?.messages.at(-1)).toEqual(user('And quickly'))
  })

  it('fails with the very error of the model', async () => {
    const error = new ModelError('script', 'RATE_LIMITED', 'Slow down.', { retryAfterMs: 7_000 })
    const result = await run(turnOf('ada', { model: scripted([error]) }))
    expect(result).toMatchObject({ outcome: 'failed', error })
    expect(result.error).toBe(error)
  })

  it('ends by its own limits', async () => {
    const limits = { ...turnOf('ada', {}).limits, turnTimeoutMs: 200 }
    const model = scripted([new Promise(() => {})])
    const result = await run(turnOf('ada', { model, limits }))
    expect(result.error).toMatchObject({ code: 'TURN_TIMEOUT', name: 'RuntimeError' })
  })

  it('rejects at once when it is stopped, whatever its process does', async () => {
    const stop = new AbortController()
    const model = scripted(calls('spin'))
    const turn = run(turnOf('ada', { model, tools: [theirs('spin')], signal: stop.signal }))
    await vi.waitFor(() => expect(model.requests).toHaveLength(1))
    stop.abort(new Error('stopped by hand'))
    await expect(turn).rejects.toThrow('stopped by hand')
  })
})

describe('a fault of one agent', () => {
  it.each([
    ['quit', 'exit code 3'],
    ['spin', 'it did not answer for 2000 ms'],
    // A process that collects garbage all the time does not answer either.
    ['eat-heap', 'heap out of memory|SIGABRT|SIGTRAP|exit code 134|exit code 133|did not answer'],
    ['eat-memory', 'MiB of memory'],
  ])('that is to %s ends its turns alone, and its next turn runs', async (name, reason) => {
    const tools = [theirs(name), theirs('where')]
    const release = Promise.withResolvers<void>()
    const other = run(turnOf('ben', { model: scripted([release.promise, ...says('still here')]) }))
    other.catch(() => {})
    const broken = run(turnOf('ada', { model: scripted(calls(name)), tools }))
    await expect(broken).rejects.toMatchObject({
      code: 'PROCESS_ENDED',
      message: expect.stringMatching(reason),
    })
    release.resolve()
    expect((await other).text).toBe('still here')
    const next = await run(turnOf('ada', { model: scripted(calls('where'), says('ok')), tools }))
    expect(next.text).toBe('ok')
    expect(printed.join('\n')).toMatch(/ada: the process ended/)
  })

  it('does not hold up the turns of others while it hangs', async () => {
    const model = scripted(calls('spin'))
    const broken = run(turnOf('ada', { model, tools: [theirs('spin')] })).catch(() => 'ended')
    await vi.waitFor(() => expect(model.requests).toHaveLength(1))
    const result = await run(turnOf('ben', { model: scripted(says('quick')) }))
    expect(result.text).toBe('quick')
    expect(await broken).toBe('ended')
  })
})

describe('processes', () => {
  it('serve all turns of their agent, and end when they are told to', async () => {
    const turns = ['one', 'two', 'three'].map((turnId) =>
      run(turnOf('ada', { turnId, model: scripted(says(turnId)) })),
    )
    expect((await Promise.all(turns)).map(({ text }) => text)).toEqual(['one', 'two', 'three'])
    expect(processes.list()).toMatchObject([{ agentId: 'ada', turns: 0 }])
    expect(await processes.end('ada')).toBe(true)
    expect(await processes.end('ada')).toBe(false)
    expect(processes.list()).toEqual([])
  })

  it('end after a while without a turn', async () => {
    const short = createAgentProcesses({
      module: fileURLToPath(new URL('service.ts', import.meta.url)),
      idleMs: 50,
    })
    await short.run(turnOf('ada', { model: scripted(says('ok')) }), { memoryMb })
    await vi.waitFor(() => expect(short.list()).toEqual([]), { timeout: 20_000 })
  })

  it('are started anew with another limit when nobody is in the way', async () => {
    await run(turnOf('ada', { model: scripted(says('ok')) }))
    const [before] = processes.list()
    await processes.run(turnOf('ada', { model: scripted(says('ok')) }), { memoryMb: 80 })
    expect(processes.list()).toHaveLength(1)
    expect(processes.list()[0]?.pid).not.toBe(before?.pid)
  })
})
