import { describe, expect, it } from 'vitest'
import { composeDeliveries } from './compose.ts'

describe('an answer that is longer than one message', () => {
  const address = { channel: 'desk', accountId: 'a', peer: { kind: 'dm', id: 'p' } } as const
  let lastId = 0
  const deliveries = composeDeliveries({
    text: 'x'.repeat(5_000),
    agentId: 'main',
    address,
    capabilities: undefined,
    newId: (prefix) => {
      lastId += 1
      return `${prefix}_${lastId}`
    },
    messageId: 'in_1',
    replyTo: 'n1',
    draft: { id: 'out_d', nativeId: 'd1', lost: 2 },
  })

  it('names its agent in every piece', () => {
    expect(deliveries.length).toBeGreaterThan(1)
    for (const { body } of deliveries) expect(body).toMatchObject({ agentId: 'main' })
  })

  it('replies and replaces its draft with the first piece only', () => {
    const [first, ...rest] = deliveries
    expect(first).toMatchObject({
      id: 'out_d',
      editOf: 'd1',
      unknowns: 2,
      body: { replyTo: 'n1' },
    })
    for (const piece of rest) {
      expect(piece.id).not.toBe('out_d')
      expect(piece).not.toHaveProperty('editOf')
      expect(piece).not.toHaveProperty('unknowns')
      expect(piece.body).not.toHaveProperty('replyTo')
    }
  })
})
