import { describe, expect, it } from 'vitest'
import { createFaults } from './fault.ts'

describe('faults', () => {
  it('are taken once, in the order they were added', () => {
    const faults = createFaults()
    faults.add({ on: 'send', kind: 'drop-before' }, { on: '*', kind: 'drop-after' })
    expect(faults.take('send')?.kind).toBe('drop-before')
    expect(faults.take('send')?.kind).toBe('drop-after')
    expect(faults.take('send')).toBeUndefined()
  })

  it('wait for their own method', () => {
    const faults = createFaults()
    faults.add({ on: '/v1/*.json', kind: 'status', status: 503 })
    expect(faults.take('/v1/xjson')).toBeUndefined()
    expect(faults.take('/v1/a/b.json')).toMatchObject({ status: 503 })
  })

  it('hit as many calls as they say', () => {
    const faults = createFaults()
    faults.add({ on: 'send', kind: 'silence', times: 2 })
    faults.take('send')
    expect(faults.pending()).toEqual([{ on: 'send', kind: 'silence', times: 1 }])
    faults.take('send')
    expect(faults.pending()).toEqual([])
  })

  it('stay until cleared when they hit forever', () => {
    const faults = createFaults()
    faults.add({ on: '*', kind: 'unauthorized', times: Number.POSITIVE_INFINITY })
    for (let call = 0; call < 100; call += 1) expect(faults.take('any')).toBeDefined()
    faults.clear()
    expect(faults.take('any')).toBeUndefined()
  })

  it('stay in place when another kind is asked for', () => {
    const faults = createFaults()
    faults.add({ on: '*', kind: 'duplicate' }, { on: '*', kind: 'drop-before' })
    expect(faults.take('send', 'drop-before', 'drop-after')?.kind).toBe('drop-before')
    expect(faults.pending()).toHaveLength(1)
  })

  it('refuse a kind that the server cannot produce', () => {
    const faults = createFaults({ supports: ['delay'] })
    expect(() => faults.add({ on: '*', kind: 'garbage' })).toThrow(/"garbage".*knows: delay/)
  })
})
