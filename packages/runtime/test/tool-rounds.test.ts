import type { JsonObject, Tool } from '@junctor/agent'
import { runTurn, type OnceCall, type TurnOptions, type TurnResult } from '@junctor/runtime'
import { compileToolPolicy } from '@junctor/tool-policy'
import { describe, expect, it } from 'vitest'
import { call, done, scriptedModel, text, type Step } from './scripted-model.ts'
import { tool, turnOptions, user } from './turn-options.ts'

const never = new Promise<never>(() => {})
const echo = tool('echo', async (input) => `heard ${JSON.stringify(input)}`)

/** One round with these calls, then an answer. */
async function round(
  calls: readonly Step[],
  changes: Parameters<typeof turnOptions>[0],
): Promise<TurnResult & { readonly options: TurnOptions }> {
  const model = scriptedModel([...calls, done('tool-calls')], [text('Done.'), done()])
  const options = turnOptions({ model, ...changes })
  return { ...(await runTurn(options)), options }
}

describe('a tool round', () => {
  it('runs calls one after the other and gives the results back in order', async () => {
    const order: string[] = []
    const slow = tool('slow', async () => {
      await new Promise(setImmediate)
      order.push('slow')
      return 'slow'
    })
    const quick = tool('quick', async () => {
      order.push('quick')
      return 'quick'
    })
    const model = scriptedModel(
      [text('Let me see. '), call('slow'), call('quick'), done('tool-calls')],
      [text('Seen.'), done()],
    )
    const options = turnOptions({ model, tools: [slow, quick] })
    const result = await runTurn(options)
    expect(order).toEqual(['slow', 'quick'])
    expect(result).toMatchObject({
      outcome: 'answered',
      text: 'Seen.',
      usage: { inputTokens: 20, outputTokens: 4 },
    })
    expect(model.requests[1]?.messages).toMatchObject([
      { role: 'user' },
      {
        role: 'assistant',
        parts: [{ type: 'text' }, { callId: 'call-slow' }, { callId: 'call-quick' }],
      },
      {
        role: 'tool',
        parts: [
          { callId: 'call-slow', status: 'ok', output: 'slow' },
          { callId: 'call-quick', status: 'ok', output: 'quick' },
        ],
      },
    ])
    // The first request is a list of its own: later rounds do not change it.
    expect(model.requests[0]?.messages).toEqual([user('Hello')])
    expect(result.trace).toMatchObject({
      modelCalls: 2,
      calls: [{ name: 'slow' }, { name: 'quick' }],
    })
    expect(options.events.map(({ type }) => type)).toEqual([
      'turn:started',
      'turn:text',
      'turn:tool-started',
      'turn:tool-ended',
      'turn:tool-started',
      'turn:tool-ended',
      'turn:text',
      'turn:ended',
    ])
  })

  it('takes in what people wrote meanwhile, after the results and before the model is asked again', async () => {
    const model = scriptedModel(
      [call('echo'), done('tool-calls')],
      [call('echo', {}, 'call-2'), done('tool-calls')],
      [text('Both.'), done()],
    )
    const late = [[user('Also this')], []]
    const incoming = async () => late.shift() ?? []
    const result = await runTurn(turnOptions({ model, tools: [echo], incoming }))
    expect(model.requests[1]?.messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'user',
    ])
    expect(model.requests[2]?.messages).toHaveLength(6)
    expect(result.messages.map(({ role }) => role)).toEqual([
      'user',
      'assistant',
      'tool',
      'user',
      'assistant',
      'tool',
      'assistant',
    ])
    expect(late).toEqual([])
    const failing = turnOptions({
      model: scriptedModel([call('echo'), done('tool-calls')]),
      tools: [echo],
      incoming: () => Promise.reject(new Error('no store')),
    })
    await expect(runTurn(failing)).rejects.toThrow('no store')
  })

  it('hands a tool its context', async () => {
    let seen: unknown
    const look = tool('look', async (_input, context) => {
      seen = context
      return 'ok'
    })
    const { options } = await round([call('look')], { tools: [look], session: { title: 'A' } })
    const { agent, sessionKey } = options
    expect(seen).toMatchObject({
      agent,
      sessionKey,
      turnId: 'turn-1',
      callId: 'call-look',
      session: { title: 'A' },
    })
  })

  it('turns every fault of a tool into a result', async () => {
    const tools = [
      tool('throws', () => {
        throw new Error('at once')
      }),
      tool('rejects', async () => Promise.reject(new Error('later'))),
      tool('empty', async () => undefined as unknown as string),
    ]
    const { messages } = await round(
      tools.map(({ name }) => call(name)),
      { tools },
    )
    expect(messages[2]?.parts).toMatchObject([
      { status: 'error', output: 'at once' },
      { status: 'error', output: 'later' },
      { status: 'error', output: 'The tool "empty" returned no text.' },
    ])
  })

  it('stops a tool that takes too long, by its own limit or the general one', async () => {
    let aborted = false
    const tools = [
      tool('slow', (_input, { signal }) => {
        signal.addEventListener('abort', () => (aborted = true))
        return never
      }),
      tool('slower', () => never, { timeoutMs: 6 }),
    ]
    const { messages, outcome } = await round([call('slow'), call('slower')], {
      tools,
      limits: { toolTimeoutMs: 5 },
    })
    expect(outcome).toBe('answered')
    expect(aborted).toBe(true)
    expect(messages[2]?.parts).toMatchObject([
      { status: 'error', output: expect.stringContaining('within 5 ms') },
      { status: 'error', output: expect.stringContaining('within 6 ms') },
    ])
  })

  it('cuts long output, and says so', async () => {
    const { messages } = await round([call('long')], {
      tools: [tool('long', async () => `abcd${'😀'.repeat(10)}`)],
      limits: { maxToolOutputLength: 7 },
    })
    expect(messages[2]?.parts[0]).toMatchObject({
      output: 'abcd😀\n\n[Cut: the first 6 of 24 characters are shown. Ask for a smaller part.]',
    })
  })

  it('says what there is when the model calls what there is not', async () => {
    const { messages } = await round([call('eco')], { tools: [echo] })
    expect(messages[2]?.parts[0]).toMatchObject({
      status: 'error',
      output: 'There is no tool "eco". There are: echo.',
    })
  })

  it.each<[string, unknown, string]>([
    ['no object', ['x'], 'the input must be a JSON object, not array'],
    ['a missing property', {}, '"path" is missing'],
    ['a wrong type', { path: 7 }, '"path" must be "string", not number'],
    [
      'a broken number',
      { path: 'a', count: 1.5 },
      '"count" must be "integer" or "null", not number',
    ],
  ])('refuses input with %s', async (_name, input, problem) => {
    const inputSchema: JsonObject = {
      type: 'object',
      properties: { path: { type: 'string' }, count: { type: ['integer', 'null'] } },
      required: ['path'],
    }
    const strict: Tool = { ...echo, inputSchema }
    const { messages } = await round([call('echo', input)], { tools: [strict] })
    expect(messages[2]?.parts[0]).toMatchObject({ status: 'error', output: `Not run: ${problem}.` })
  })

  it('gives calls with a repeated or empty id one of their own', async () => {
    const history = [
      { role: 'assistant', parts: [{ type: 'tool-call', callId: '0', name: 'echo', input: {} }] },
      {
        role: 'tool',
        parts: [{ type: 'tool-result', callId: '0', name: 'echo', status: 'ok', output: '' }],
      },
    ] as const
    const calls = [call('echo', {}, '0'), call('echo', {}, ''), call('echo', {}, '7')]
    const { messages } = await round(calls, { tools: [echo], history })
    const ids = messages[1]?.parts.map((part) => ('callId' in part ? part.callId : ''))
    expect(new Set(['0', '', ...(ids ?? [])]).size).toBe(5)
    expect(ids?.[2]).toBe('7')
    expect(messages[2]?.parts.map((part) => ('callId' in part ? part.callId : ''))).toEqual(ids)
  })

  it('does not take two tools of one name', async () => {
    await expect(runTurn(turnOptions({ tools: [echo, echo] }))).rejects.toMatchObject({
      code: 'INVALID_TOOLS',
    })
  })
})

describe('a denied tool', () => {
  const gate = compileToolPolicy([{ name: 'agent support', deny: ['exec'] }])

  it('is not offered, and refused when the model calls it all the same', async () => {
    let ran = false
    const exec = tool('exec', async () => {
      ran = true
      return 'ran'
    })
    const { messages, trace, options } = await round([call('exec')], { tools: [exec, echo], gate })
    expect(ran).toBe(false)
    const { requests } = options.model as ReturnType<typeof scriptedModel>
    expect(requests.map(({ tools }) => tools.map(({ name }) => name))).toEqual([['echo'], ['echo']])
    expect(messages[2]?.parts[0]).toMatchObject({
      status: 'denied',
      output:
        'The tool "exec" is denied to this agent (agent support: deny "exec"). It was not run; go on without it.',
    })
    expect(trace).toMatchObject({
      toolsOffered: ['echo'],
      toolsDenied: [{ name: 'exec', layer: 'agent support', rule: 'deny "exec"' }],
      calls: [{ name: 'exec', status: 'denied' }],
    })
  })
})

describe('the limit of tool calls', () => {
  it('tells the model and asks once more without tools', async () => {
    const model = scriptedModel(
      [call('echo', {}, 'a'), call('echo', {}, 'b'), call('echo', {}, 'c'), done('tool-calls')],
      [text('What I know.'), done()],
    )
    const {
      outcome,
      text: answer,
      messages,
      trace,
    } = await runTurn(turnOptions({ model, tools: [echo], limits: { maxToolCalls: 2 } }))
    expect({ outcome, answer }).toEqual({ outcome: 'answered', answer: 'What I know.' })
    expect(messages[2]?.parts).toMatchObject([
      { status: 'ok' },
      { status: 'ok' },
      { status: 'error', output: expect.stringContaining('Answer now') },
    ])
    expect(model.requests[1]?.toolChoice).toBe('none')
    expect(trace.notes).toEqual(['asked without tools after limits.maxToolCalls (2)'])
  })

  it('leaves a turn alone that needs exactly that many', async () => {
    const { trace, outcome } = await round([call('echo')], {
      tools: [echo],
      limits: { maxToolCalls: 1 },
    })
    expect(outcome).toBe('answered')
    expect(trace.notes).toEqual([])
  })

  it('fails the turn when the model still wants tools and says nothing', async () => {
    const model = scriptedModel(
      [call('echo'), done('tool-calls')],
      [call('echo', {}, 'x'), done('tool-calls')],
    )
    const result = await runTurn(turnOptions({ model, tools: [echo], limits: { maxToolCalls: 0 } }))
    expect(result).toMatchObject({ outcome: 'failed', error: { code: 'TOOL_LIMIT' } })
    expect(result.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool'])
  })
})

describe('a tool that must not run twice', () => {
  const sent: unknown[] = []
  const send = tool(
    'send',
    async (input) => {
      sent.push(input)
      return 'sent'
    },
    { once: true },
  )

  it('is written down before it runs and again with its result', async () => {
    const log: unknown[] = []
    const logged = tool('send', async () => `sent ${log.push('ran')}`, { once: true })
    await round([call('send', { to: 'a' })], {
      tools: [logged, echo],
      journal: async (entry: OnceCall) => void log.push(entry),
    })
    const entry = { callId: 'call-send', name: 'send', input: { to: 'a' } }
    expect(log).toEqual([entry, 'ran', { ...entry, result: { status: 'ok', output: 'sent 2' } }])
  })

  it('does not run when it cannot be written down, and the turn rejects', async () => {
    const lost = new Error('lease lost')
    sent.length = 0
    const turn = round([call('send')], { tools: [send], journal: async () => Promise.reject(lost) })
    await expect(turn).rejects.toBe(lost)
    expect(sent).toEqual([])
  })

  it('has an unknown outcome when its time is up, and is not repeated in this turn', async () => {
    let runs = 0
    const log: OnceCall[] = []
    const hang = tool(
      'send',
      () => {
        runs += 1
        return never
      },
      { once: true, timeoutMs: 5 },
    )
    const calls = [call('send', { a: 1, b: 2 }, '1'), call('send', { b: 2, a: 1 }, '2')]
    const { messages } = await round(calls, {
      tools: [hang],
      journal: async (entry) => void log.push(entry),
    })
    expect(messages[2]?.parts).toMatchObject([{ status: 'unknown' }, { status: 'unknown' }])
    expect(runs).toBe(1)
    expect(log.map(({ result }) => result)).toEqual([undefined])
  })

  it('of a lost attempt is shown to the model, and not run again', async () => {
    sent.length = 0
    const model = scriptedModel(
      [call('send', { to: 'b' }, '9'), call('send', { to: 'c' }, '10'), done('tool-calls')],
      [text('Done.'), done()],
    )
    const resume: OnceCall[] = [
      { callId: '1', name: 'send', input: { to: 'a' }, result: { status: 'ok', output: 'sent a' } },
      { callId: '2', name: 'send', input: { to: 'b' } },
    ]
    const { messages, trace } = await runTurn(turnOptions({ model, tools: [send], resume }))
    expect(model.requests[0]?.messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant', parts: [{ callId: '1' }, { callId: '2' }] },
      {
        role: 'tool',
        parts: [
          { callId: '1', status: 'ok', output: 'sent a' },
          { callId: '2', status: 'unknown' },
        ],
      },
    ])
    expect(messages[4]?.parts).toMatchObject([{ status: 'unknown' }, { status: 'ok' }])
    expect(sent).toEqual([{ to: 'c' }])
    expect(trace.calls).toMatchObject([
      { name: 'send', status: 'ok', resumed: true },
      { name: 'send', status: 'unknown', resumed: true },
      { name: 'send', status: 'unknown' },
      { name: 'send', status: 'ok' },
    ])
  })

  it('of a lost attempt is asked about under its id, where the tool knows its calls', async () => {
    const asked: unknown[] = []
    const log: OnceCall[] = []
    const post: Tool = {
      name: 'post',
      description: 'Post a letter.',
      inputSchema: { type: 'object' },
      once: 'by call id',
      async run(input, { callId }) {
        asked.push({ callId, input })
        return 'it was posted'
      },
    }
    const model = scriptedModel(
      [call('post', { to: 'a' }, '9'), done('tool-calls')],
      [text('Done.'), done()],
    )
    const resume: OnceCall[] = [
      { callId: '1', name: 'post', input: { to: 'a' } },
      { callId: '2', name: 'send', input: { to: 'b' } },
    ]
    const journal = async (entry: OnceCall): Promise<void> => void log.push(entry)
    const { trace } = await runTurn(turnOptions({ model, tools: [send, post], resume, journal }))
    const result = { status: 'ok', output: 'it was posted' }
    expect(log.slice(0, 2)).toMatchObject([{ callId: '1' }, { callId: '1', result }])
    expect(model.requests[0]?.messages[2]?.parts).toMatchObject([
      { callId: '1', ...result },
      { callId: '2', status: 'unknown' },
    ])
    // What is known to have been done may be done again.
    expect(asked).toEqual([
      { callId: '1', input: { to: 'a' } },
      { callId: '9', input: { to: 'a' } },
    ])
    expect(trace.calls).toMatchObject([
      { name: 'post', status: 'ok', resumed: true },
      { name: 'send', status: 'unknown', resumed: true },
      { name: 'post', status: 'ok' },
    ])
  })

  it('of a lost attempt is not asked about when its tool has been denied since', async () => {
    const post: Tool = {
      name: 'post',
      description: 'Post a letter.',
      inputSchema: { type: 'object' },
      once: 'by call id',
      run: () => Promise.reject(new Error('it ran')),
    }
    const model = scriptedModel([text('Done.'), done()])
    const { messages } = await runTurn(
      turnOptions({
        model,
        tools: [post],
        resume: [{ callId: '1', name: 'post', input: {} }],
        gate: { check: () => ({ allowed: false }) },
      }),
    )
    expect(messages[2]?.parts).toMatchObject([{ callId: '1', status: 'unknown' }])
  })
})
