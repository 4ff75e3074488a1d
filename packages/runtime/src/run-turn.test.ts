import { ModelError, type JsonValue, type Model, type Workbench } from '@junctor/agent'
import { JunctorError } from '@junctor/errors'
import { runTurn, type OnceCall } from '@junctor/runtime'
import { describe, expect, it } from 'vitest'
import { call, done, scriptedModel, text } from '../test/scripted-model.ts'
import { tool, turnOptions, user } from '../test/turn-options.ts'

const never = new Promise<never>(() => {})

describe('an answer', () => {
  it('is the text of the model, with the new messages, usage and a trace', async () => {
    const model = scriptedModel([text('Good '), text('day.'), done()])
    const options = turnOptions({ model, history: [user('Before')] })
    const result = await runTurn(options)
    expect(result).toMatchObject({ outcome: 'answered', text: 'Good day.' })
    expect(result.messages).toEqual([
      user('Hello'),
      { role: 'assistant', parts: [{ type: 'text', text: 'Good day.' }] },
    ])
    expect(result.usage).toEqual({ inputTokens: 10, outputTokens: 2 })
    // A store keeps it as JSON.
    const trace: JsonValue = result.trace
    expect(trace).toEqual({
      model: 'script/one',
      toolsOffered: [],
      toolsDenied: [],
      calls: [],
      modelCalls: 1,
      stopReason: 'end',
      notes: [],
    })
    expect(model.requests[0]).toEqual({
      system: 'Be kind.',
      messages: [user('Before'), user('Hello')],
      tools: [],
      maxOutputTokens: 1_000,
      context: { agentId: 'support' },
    })
  })

  it('is told while it is written', async () => {
    const options = turnOptions({ model: scriptedModel([text('Good '), text('day.'), done()]) })
    await runTurn(options)
    expect(options.events).toEqual([
      {
        type: 'turn:started',
        turnId: 'turn-1',
        agentId: 'support',
        sessionKey: 'agent:support:main',
        model: 'script/one',
      },
      { type: 'turn:text', turnId: 'turn-1', delta: 'Good ', text: 'Good ' },
      { type: 'turn:text', turnId: 'turn-1', delta: 'day.', text: 'Good day.' },
      { type: 'turn:ended', turnId: 'turn-1', outcome: 'answered', ms: expect.any(Number) },
    ])
  })

  it('keeps thinking with its signature, in its place', async () => {
    const model = scriptedModel([
      { type: 'thinking', text: 'Hm' },
      { type: 'thinking', text: 'm.', signature: 's1' },
      text('Yes.'),
      done(),
    ])
    const { messages } = await runTurn(turnOptions({ model }))
    expect(messages[1]?.parts).toEqual([
      { type: 'thinking', text: 'Hmm.', signature: 's1' },
      { type: 'text', text: 'Yes.' },
    ])
  })

  it('survives listeners that throw or reject', async () => {
    const model = scriptedModel([text('Fine.'), done()])
    const thrown = await runTurn(
      turnOptions({
        model,
        emit: () => {
          throw new Error('listener')
        },
      }),
    )
    expect(thrown.text).toBe('Fine.')
    const emit: () => unknown = async () => Promise.reject(new Error('listener'))
    const again = scriptedModel([text('Fine.'), done()])
    expect((await runTurn(turnOptions({ model: again, emit }))).text).toBe('Fine.')
  })

  it('may be nothing, and then leaves no empty message', async () => {
    const {
      outcome,
      messages,
      text: answer,
      error,
    } = await runTurn(turnOptions({ model: scriptedModel([text(' \n'), done()]) }))
    expect({ outcome, answer, error }).toEqual({ outcome: 'silent', answer: '', error: undefined })
    expect(messages).toEqual([user('Hello')])
  })

  it('is kept when it was cut at the output limit, with a note', async () => {
    const result = await runTurn(
      turnOptions({ model: scriptedModel([text('Half'), done('max-tokens')]) }),
    )
    expect(result).toMatchObject({ outcome: 'answered', text: 'Half' })
    expect(result.trace).toMatchObject({
      stopReason: 'max-tokens',
      notes: ['cut at limits.maxOutputTokens (1000)'],
    })
  })

  it.each([
    ['max-tokens', 'OUTPUT_LIMIT'],
    ['refusal', 'REFUSED'],
  ] as const)('that is missing because of %s is a failure', async (stopReason, code) => {
    const result = await runTurn(turnOptions({ model: scriptedModel([done(stopReason)]) }))
    expect(result).toMatchObject({ outcome: 'failed', error: { code }, trace: { error: { code } } })
  })

  it('comes with what the model said of its calls, each thing once', async () => {
    const model: Model = {
      spec: 'model-v1',
      id: 'script/one',
      async *stream({ messages }, { note = () => {} }) {
        note('it was called with profile a')
        if (messages.length === 1) {
          note('profile b was refused')
          yield call('look', {})
          yield done('tool-calls')
        } else {
          yield text('Good day.')
          yield done()
        }
      },
    }
    const { trace } = await runTurn(turnOptions({ model, tools: [tool('look', async () => 'ok')] }))
    expect(trace.notes).toEqual(['it was called with profile a', 'profile b was refused'])
  })

  it('written before the last tools stands when the model adds nothing', async () => {
    const model = scriptedModel([text('It is noted.'), call('note'), done('tool-calls')], [done()])
    const result = await runTurn(turnOptions({ model, tools: [tool('note', async () => 'ok')] }))
    expect(result).toMatchObject({ outcome: 'answered', text: 'It is noted.' })
    expect(result.messages.at(-1)?.role).toBe('tool')
  })
})

describe('a failing model', () => {
  it('gives a failed turn with the error and what was written so far', async () => {
    const error = new ModelError('script', 'OVERLOADED', 'Try later', { retryAfterMs: 5_000 })
    const result = await runTurn(turnOptions({ model: scriptedModel([text('Half an '), error]) }))
    expect(result).toMatchObject({ outcome: 'failed', text: '', error })
    expect(result.messages).toEqual([user('Hello')])
    expect(result.trace).toMatchObject({
      partialText: 'Half an ',
      stopReason: null,
      error: { code: 'OVERLOADED', message: 'Try later' },
    })
  })

  it('is one that ends its stream without the terminal event', async () => {
    const result = await runTurn(turnOptions({ model: scriptedModel([text('Cut')]) }))
    expect(result).toMatchObject({
      outcome: 'failed',
      error: { code: 'STREAM_FAILED', provider: 'script' },
    })
  })

  it('may throw anything', async () => {
    const cause = new TypeError('x is not a function')
    const result = await runTurn(turnOptions({ model: scriptedModel([cause]) }))
    expect(result).toMatchObject({ outcome: 'failed', error: { code: 'STREAM_FAILED', cause } })
  })

  it('keeps the tool rounds before it in the messages', async () => {
    const error = new ModelError('script', 'UNAVAILABLE', 'Gone')
    const model = scriptedModel([call('note'), done('tool-calls')], [error])
    const result = await runTurn(turnOptions({ model, tools: [tool('note', async () => 'ok')] }))
    expect(result.outcome).toBe('failed')
    expect(result.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool'])
  })
})

describe('stopping a turn', () => {
  it('rejects at once when the signal has aborted already, without a word', async () => {
    const reason = new Error('stop')
    const options = turnOptions({ signal: AbortSignal.abort(reason) })
    await expect(runTurn(options)).rejects.toBe(reason)
    expect(options.events).toEqual([])
  })

  it('rejects with the reason while a model hangs that ignores the signal', async () => {
    const controller = new AbortController()
    const model = scriptedModel([text('Well'), never])
    const options = turnOptions({ model, signal: controller.signal })
    const reason = new Error('stop')
    const turn = runTurn({
      ...options,
      emit: (event) => {
        options.emit?.(event)
        if (event.type === 'turn:text') controller.abort(reason)
      },
    })
    await expect(turn).rejects.toBe(reason)
    expect(options.events.at(-1)).toMatchObject({ type: 'turn:ended', outcome: 'aborted' })
  })

  it('rejects with the reason while a tool hangs that ignores the signal', async () => {
    const controller = new AbortController()
    const reason = new Error('stop')
    const hang = tool('hang', async () => {
      controller.abort(reason)
      return never
    })
    const model = scriptedModel([call('hang'), done('tool-calls')])
    const turn = runTurn(turnOptions({ model, tools: [hang], signal: controller.signal }))
    await expect(turn).rejects.toBe(reason)
  })

  it('says nothing more after the end, whatever the model still sends', async () => {
    const late = Promise.withResolvers<void>()
    const options = turnOptions({
      model: scriptedModel([text('Well'), late.promise, text('late'), done()]),
      limits: { turnTimeoutMs: 5 },
    })
    await runTurn(options)
    const count = options.events.length
    late.resolve()
    await new Promise(setImmediate)
    expect(options.events).toHaveLength(count)
  })

  it('fails the turn when its time is up, and keeps the partial text', async () => {
    const options = turnOptions({
      model: scriptedModel([text('Well'), never]),
      limits: { turnTimeoutMs: 5 },
    })
    const result = await runTurn(options)
    expect(result).toMatchObject({
      outcome: 'failed',
      error: { code: 'TURN_TIMEOUT', message: expect.stringContaining('limits.turnTimeoutMs') },
      trace: { partialText: 'Well' },
    })
    expect(options.events.at(-1)).toMatchObject({ type: 'turn:ended', outcome: 'failed' })
  })

  it('answers every call in the messages when the time is up in the middle of a round', async () => {
    const tools = [
      tool('quick', async () => 'done'),
      tool('send', () => never, { once: true }),
      tool('later', async () => 'not reached'),
    ]
    const model = scriptedModel([call('quick'), call('send'), call('later'), done('tool-calls')])
    const { messages, trace, outcome } = await runTurn(
      turnOptions({ model, tools, limits: { turnTimeoutMs: 20 } }),
    )
    expect(outcome).toBe('failed')
    expect(messages[2]?.parts).toMatchObject([
      { callId: 'call-quick', status: 'ok', output: 'done' },
      { callId: 'call-send', status: 'unknown' },
      { callId: 'call-later', status: 'error', output: expect.stringContaining('Not run') },
    ])
    expect(trace.calls.map(({ status }) => status)).toEqual(['ok', 'unknown', 'error'])
  })

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController()
    let listeners = 0
    const { addEventListener, removeEventListener } = signal
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners += 1
      addEventListener.apply(signal, args)
    }
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners -= 1
      removeEventListener.apply(signal, args)
    }
    await runTurn(turnOptions({ signal, model: scriptedModel([text('Fine.'), done()]) }))
    expect(listeners).toBe(0)
  })
})

describe('a call that the gate has to admit', () => {
  const echo = (ran: string[], more = {}) =>
    tool(
      'echo',
      async (input, { workbench }) => {
        ran.push(JSON.stringify(input))
        return (await workbench()).folder
      },
      more,
    )
  const workbenchAt = (folder: string) => async () => ({ folder }) as Workbench
  const script = () =>
    scriptedModel([call('echo', { n: 1 }), done('tool-calls')], [text('ok'), done()])

  it('does not run, and is not journaled, when it is refused', async () => {
    const ran: string[] = []
    const journaled: OnceCall[] = []
    const gate = {
      check: () => ({ allowed: true }),
      admit: async () =>
        ({ allowed: false, layer: 'limits', rule: 'none left', output: 'Later.' }) as const,
    }
    const { messages, trace } = await runTurn(
      turnOptions({
        model: script(),
        tools: [echo(ran, { once: true })],
        gate,
        journal: async (entry) => void journaled.push(entry),
      }),
    )
    expect([ran, journaled]).toEqual([[], []])
    expect(messages[2]?.parts[0]).toMatchObject({ status: 'denied', output: 'Later.' })
    expect(trace.calls).toEqual([
      { name: 'echo', ms: 0, status: 'denied', layer: 'limits', rule: 'none left' },
    ])
  })

  it('works in the other workbench when it is elevated', async () => {
    const gate = {
      check: () => ({ allowed: true }),
      admit: async ({ input }: { readonly input: JsonValue }) => {
        expect(input).toEqual({ n: 1 })
        return { allowed: true, elevated: true, rule: 'elevated' } as const
      },
    }
    const places = {
      workbench: workbenchAt('/inside'),
      elevatedWorkbench: workbenchAt('/outside'),
    }
    const { messages, trace } = await runTurn(
      turnOptions({ model: script(), tools: [echo([])], gate, ...places }),
    )
    expect(messages[2]?.parts[0]).toMatchObject({ status: 'ok', output: '/outside' })
    expect(trace.calls[0]).toMatchObject({ elevated: true, rule: 'elevated' })
    const { elevatedWorkbench: _, ...inside } = places
    const without = await runTurn(
      turnOptions({ model: script(), tools: [echo([])], gate, ...inside }),
    )
    expect(without.messages[2]?.parts[0]).toMatchObject({ status: 'error' })
  })

  it('counts as denied when the tool says that it may not reach what it was asked for', async () => {
    const refusing = tool('echo', () =>
      Promise.reject(
        new JunctorError('CALL_DENIED', 'Not sent.', { details: { rule: 'the wall' } }),
      ),
    )
    const { messages, trace } = await runTurn(turnOptions({ model: script(), tools: [refusing] }))
    expect(messages[2]?.parts[0]).toMatchObject({ status: 'denied', output: 'Not sent.' })
    expect(trace.calls[0]).toMatchObject({ status: 'denied', rule: 'the wall' })
  })

  it('is not asked about where the tool is denied or the input is wrong', async () => {
    const strict = { inputSchema: { type: 'object', required: ['m'] } }
    const admit = (): Promise<never> => Promise.reject(new Error('asked'))
    for (const allowed of [true, false]) {
      const gate = { check: () => ({ allowed }), admit }
      const options = turnOptions({ model: script(), tools: [echo([], strict)], gate })
      expect((await runTurn(options)).outcome).toBe('answered')
    }
    const gate = { check: () => ({ allowed: true }), admit }
    await expect(
      runTurn(turnOptions({ model: script(), tools: [echo([])], gate })),
    ).rejects.toThrow('asked')
  })
})
