import type { TurnRecord } from '@junctor/store'
import { openSqliteStore } from '@junctor/store-sqlite'

// A process to be killed. It opens the store of the state directory in argv[2] and, as argv[3] says, only holds it, stops in the
// middle of things, or works without pause. Each line on stdout is a fact that was durable when it was written.

const [, , stateDir = '', task = 'hold', run = '0'] = process.argv

function say(fact: string): void {
  process.stdout.write(`${fact}\n`)
}

function emptyTurn(id: string): TurnRecord {
  return {
    id,
    startedAt: 1,
    endedAt: 2,
    outcome: 'answered',
    model: 'test',
    inputTokens: 1,
    outputTokens: 1,
    trace: null,
  }
}

const store = openSqliteStore({ stateDir })
const agent = store.agent('atlas')
const owner = `worker ${process.pid}`
const leaseMs = 60_000

if (task === 'hold') {
  await store.agents()
  say(`holding ${process.pid}`)
  // What nobody uses any more may be collected, and its lock with it.
  setInterval(() => store.spec, 60_000)
} else if (task === 'stop midway') {
  const peer = { kind: 'dm', id: 'alice' } as const
  const address = { channel: 'test', accountId: 'main', peer }
  for (const id of ['m1', 'm2'])
    await agent.accept({
      id,
      reference: { ...address, nativeId: id },
      sessionKey: id,
      body: id,
      trace: null,
    })
  const answered = await agent.claim({ owner, leaseMs, limit: 1, sessionKey: 'm1' })
  if (answered === undefined) throw new Error('m1 was not claimed')
  await agent.commit(answered.lease, {
    turn: emptyTurn('t1'),
    transcript: [],
    deliveries: [{ id: 'd1', address, body: null }],
    outcome: { state: 'done' },
  })
  await agent.claimDeliveries({ owner, leaseMs, limit: 1 })
  const running = await agent.claim({ owner, leaseMs, limit: 1, sessionKey: 'm2' })
  await store.gateway.leases.acquire('test:main', { owner, ttlMs: leaseMs })
  say(`running ${running?.lease.token}`)
  // What nobody uses any more may be collected, and its lock with it.
  setInterval(() => store.spec, 60_000)
} else {
  for (const delivery of await agent.recoverDeliveries({ resend: false }))
    await agent.settleDelivery(delivery.id, { state: 'pending', retryAt: 0, error: 'lost' })
  for (let n = 0; ; n += 1) {
    const id = `m-${run}-${n}`
    const peer = { kind: 'dm', id: `p${n % 5}` } as const
    const reference = { channel: 'test', accountId: 'main', peer, nativeId: id }
    await agent.accept({ id, reference, sessionKey: peer.id, body: { text: id }, trace: null })
    say(`accepted ${id}`)
    const work = await agent.claim({ owner, leaseMs, limit: 2 })
    if (work !== undefined) {
      const ids = work.messages.map((message) => message.id)
      await agent.commit(work.lease, {
        turn: emptyTurn(`t-${run}-${n}`),
        transcript: ids.map((messageId) => ({ role: 'user', parts: [messageId], messageId })),
        deliveries: ids.map((messageId) => ({
          id: `d-${messageId}`,
          address: reference,
          body: null,
          messageId,
        })),
        outcome: { state: 'done' },
      })
      for (const done of ids) say(`committed ${done}`)
    }
    for (const { id: claimed } of await agent.claimDeliveries({ owner, leaseMs, limit: 2 })) {
      say(`sending ${claimed}`)
      await agent.settleDelivery(claimed, { state: 'sent', nativeId: `n-${claimed}`, sentAt: 3 })
      say(`sent ${claimed}`)
    }
    // Lets stdout drain, so that the parent sees facts in time.
    await new Promise((resolve) => setImmediate(resolve))
  }
}
