import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Address } from '@junctor/channel'
import { openSqliteStore } from '@junctor/store-sqlite'
import { expect, it } from 'vitest'
import { readConversation } from './conversation.ts'

const address: Address = { channel: 'desk', accountId: 'a', peer: { kind: 'dm', id: 'p' } }

it('leaves nothing out between two pages, however long an answer was on its way', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'junctor-conversation-'))
  let time = 0
  const store = openSqliteStore({ stateDir, now: () => time })
  const agent = store.agent('home')
  const accept = (id: string) =>
    agent.accept({
      id,
      reference: { ...address, nativeId: id },
      sessionKey: 's',
      body: { text: id },
      trace: {},
    })
  time = 1
  await accept('first')
  const work = await agent.claim({ owner: 'o', leaseMs: 1_000, limit: 1 })
  if (work === undefined) throw new Error('Nothing was claimed.')
  time = 2
  await agent.commit(work.lease, {
    turn: {
      id: 't',
      startedAt: 1,
      endedAt: 2,
      outcome: 'answered',
      model: 'm',
      inputTokens: 0,
      outputTokens: 0,
      trace: {},
    },
    transcript: [],
    deliveries: [{ id: 'answer', address, messageId: 'first', body: { text: 'answer' } }],
    outcome: { state: 'done' },
  })
  time = 3
  await accept('second')
  time = 4
  await agent.claimDeliveries({ owner: 'o', leaseMs: 1_000, limit: 1 })
  await agent.settleDelivery('answer', { state: 'sent', nativeId: 'n', sentAt: 4 })

  const read = async (limit: number, before?: string) => {
    const window = before === undefined ? { limit } : { limit, before }
    const items = await readConversation(store, ['home'], address, window)
    return items.map(({ messageId }) => messageId)
  }
  try {
    expect(await read(10)).toEqual(['first', 'second', 'answer'])
    expect(await read(1)).toEqual(['answer'])
    expect(await read(10, 'answer')).toEqual(['first', 'second'])
  } finally {
    await store.close()
    await rm(stateDir, { recursive: true })
  }
})
