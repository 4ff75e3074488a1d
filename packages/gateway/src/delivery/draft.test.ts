import type { Channel, Connection, Outbound } from '@junctor/channel'
import { describe, expect, it } from 'vitest'
import { createLiveDraft } from './draft.ts'

describe('a live draft', () => {
  it('names its agent when it is posted and whenever it is changed', async () => {
    const shown: Outbound[] = []
    const posted = Promise.withResolvers<void>()
    const changed = Promise.withResolvers<void>()
    const connection: Connection = {
      async send(_to, message) {
        shown.push(message)
        posted.resolve()
        return { nativeId: 'n1', sentAt: 1 }
      },
      async edit(_to, _nativeId, message) {
        shown.push(message)
        changed.resolve()
      },
      async close() {},
    }
    const channel: Channel = {
      spec: 'channel-v1',
      id: 'desk',
      capabilities: {
        maxTextLength: 100,
        threads: false,
        files: false,
        edit: { minIntervalMs: 0 },
        remove: false,
        reactions: false,
        typing: false,
        idempotentSend: false,
      },
      config: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
      open: async () => connection,
    }
    const draft = createLiveDraft({
      agentId: 'main',
      address: { channel: 'desk', accountId: 'a', peer: { kind: 'dm', id: 'p' } },
      target: { channel, connection },
      note: async () => {},
      idempotencyKey: 't1',
      log: { debug() {}, info() {}, warn() {}, error() {} },
      now: () => 1,
      signal: new AbortController().signal,
    })
    draft.update('Hel')
    await posted.promise
    draft.update('Hello')
    await changed.promise
    expect(await draft.finish()).toBe('n1')
    expect(shown).toEqual([
      { text: 'Hel', format: 'markdown', agentId: 'main' },
      { text: 'Hello', format: 'markdown', agentId: 'main' },
    ])
  })
})
