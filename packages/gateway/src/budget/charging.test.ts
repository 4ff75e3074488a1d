import type { Model, ModelEvent } from '@junctor/agent'
import { describe, expect, it } from 'vitest'
import type { PreparedAgent } from '../snapshot.ts'
import { charged } from './charging.ts'
import type { Ledger } from './ledger.ts'
import { nothing, type Spending } from './spending.ts'

const done: ModelEvent = {
  type: 'done',
  stopReason: 'end',
  usage: { inputTokens: 1_000, outputTokens: 100, cachedInputTokens: 400 },
}
const prices = { 'x/y': { input: 2, output: 10, cachedInput: 0.5 } }
const agent: PreparedAgent['agent'] = {
  id: 'home',
  name: 'Home',
  identity: {},
  workspace: '/w',
  agentDir: '/a',
  model: 'x/y',
}
const plain: PreparedAgent['limits'] = {
  maxConcurrentTurns: 1,
  maxToolCalls: 1,
  turnTimeoutMs: 1,
  toolTimeoutMs: 1,
  maxOutputTokens: 50,
  historyMessages: 1,
}

/** A ledger that has room for everything, and tells what it was asked. */
function openLedger(): {
  ledger: Ledger
  asked: Partial<Spending>[]
  settled: Partial<Spending>[]
} {
  const asked: Partial<Spending>[] = []
  const settled: Partial<Spending>[] = []
  const ledger: Ledger = {
    load: async () => {},
    async reserve(_agentId, _limits, ask) {
      asked.push(ask)
      return { reserved: nothing, settle: async (spent) => void settled.push(spent) }
    },
    overrunOf: () => undefined,
    today: () => nothing,
  }
  return { ledger, asked, settled }
}

function modelOf(play: (signal: AbortSignal) => Generator<ModelEvent>): Model {
  return {
    spec: 'model-v1',
    id: 'x/y',
    async *stream(_request, { signal }) {
      yield* play(signal)
    },
  }
}

async function call(
  model: Model,
  limits: Partial<PreparedAgent['limits']>,
  signal = new AbortController().signal,
  known: typeof prices | object = prices,
) {
  const { ledger, asked, settled } = openLedger()
  const paid = charged(model, { agent, limits: { ...plain, ...limits } }, { ...known }, ledger)
  const request = {
    system: 'x'.repeat(300),
    messages: [],
    tools: [],
    maxOutputTokens: 50,
    context: {},
  }
  let error: unknown
  try {
    for await (const event of paid.stream(request, { signal })) void event
  } catch (caught) {
    error = caught
  }
  return { asked, settled, error }
}

const text: ModelEvent = { type: 'text', text: 'hi' }

describe('a model whose calls are paid for', () => {
  it('sets aside what a call may use, and settles what it used', async () => {
    const model = modelOf(function* () {
      yield text
      yield done
    })
    const { asked, settled } = await call(model, { usdPerDay: 1 })
    const usd = (101 * 2 + 50 * 10) / 1e6
    expect(asked).toEqual([{ tokens: 151, usd: expect.closeTo(usd, 9) }])
    const cost = (600 * 2 + 400 * 0.5 + 100 * 10) / 1e6
    expect(settled).toEqual([{ tokens: 1_100, usd: expect.closeTo(cost, 9) }])
  })

  it('costs nothing when the call fails at once, and everything when it is cut', async () => {
    const fails = modelOf(() => {
      throw new Error('429')
    })
    expect((await call(fails, { tokensPerDay: 9_999 })).settled).toEqual([{}])
    const cut = modelOf(function* () {
      yield text
      throw new Error('cut')
    })
    const { asked, settled } = await call(cut, { tokensPerDay: 9_999 })
    expect(settled).toEqual(asked)
  })

  it('costs what was read when it is given up before the first word', async () => {
    const abort = new AbortController()
    const model = modelOf(() => {
      abort.abort()
      throw new Error('aborted')
    })
    const { settled } = await call(model, { tokensPerDay: 9_999 }, abort.signal)
    expect(settled).toEqual([{ tokens: 101, usd: expect.closeTo((101 * 2) / 1e6, 9) }])
  })

  it('is not asked at all when its price is unknown and money counts', async () => {
    const model = modelOf(function* () {
      yield done
    })
    const { asked, error } = await call(model, { usdPerDay: 1 }, undefined, {})
    expect(asked).toEqual([])
    expect(error).toMatchObject({ code: 'UNPRICED_MODEL' })
    expect((await call(model, { tokensPerDay: 9_999 }, undefined, {})).settled).toEqual([
      { tokens: 1_100 },
    ])
  })

  it('stays as it is without limits for a day', () => {
    const model = modelOf(function* () {
      yield done
    })
    expect(charged(model, { agent, limits: plain }, prices, openLedger().ledger)).toBe(model)
  })
})
