import assert from 'node:assert/strict'
import { hasCode } from '@junctor/errors'
import type { AgentStore, DeliveryOutcome, Lease } from '@junctor/store'
import type { Clock } from './clock.ts'
import { createModel, type Model, type ModelDelivery } from './model.ts'
import { createRandom, type Random } from '../random.ts'
import {
  claimDeliveries,
  delivery,
  dm,
  idsOf,
  message,
  reference,
  tryClaim,
  turn,
} from './samples.ts'
import type { Runner, Subject } from './runner.ts'

const SEEDS = [1, 2, 3, 4]
const STEPS = 400
const LANES = ['a', 'b', 'c', 'd']
const PEERS = ['x', 'y', 'z']

export function randomWalkCases({ group, test }: Runner): void {
  group('random walk', () => {
    for (const seed of SEEDS)
      test(`does what the model does, seed ${seed}`, (subject) => walk(subject, seed))
  })
}

interface HeldLease {
  readonly lease: Lease
  readonly leaseId: number
}

interface Walk {
  readonly agent: AgentStore
  readonly model: Model
  readonly clock: Clock
  readonly random: Random
  readonly leases: HeldLease[]
  step: number
}

async function walk({ agent, clock }: Subject, seed: number): Promise<void> {
  const state: Walk = {
    agent,
    clock,
    model: createModel(),
    random: createRandom(seed),
    leases: [],
    step: 0,
  }
  const actions = [accept, accept, accept, claim, claim, claim, commit, commit, release, renew]
  actions.push(
    extend,
    extend,
    stop,
    withdraw,
    send,
    send,
    settle,
    settle,
    settle,
    recover,
    pass,
    due,
  )
  for (state.step = 0; state.step < STEPS; state.step += 1) {
    const action = state.random.pick(actions) ?? accept
    try {
      await action(state)
    } catch (error) {
      throw new Error(`seed ${seed}, step ${state.step}, ${action.name}`, { cause: error })
    }
  }
  await compareCounts(state)
}

async function accept({ agent, model, random, step }: Walk): Promise<void> {
  const earlier = random.below(5) === 0 ? random.pick(model.messages) : undefined
  const lane = random.pick(LANES) ?? 'a'
  const id = `m${step}`
  const nativeId = earlier === undefined ? `native-${id}` : `native-${earlier.id}`
  // The same place again for a repeat: elsewhere it would be another message.
  const place = earlier?.place ?? { peer: random.pick(PEERS) ?? 'x', alone: random.below(8) === 0 }
  const mostWaiting = 2 + random.below(6)
  const receipt = await agent.accept(
    message(id, {
      sessionKey: lane,
      reference: reference(nativeId, dm(place.peer)),
      ...(place.alone ? { alone: true } : {}),
    }),
    { mostWaiting, answer: () => turn(`t${step}`, { outcome: { state: 'dead', reason: 'full' } }) },
  )
  if (earlier !== undefined) {
    assert.deepEqual(receipt, { status: 'duplicate', id: earlier.id })
    return
  }
  const status = model.accept(id, lane, place, mostWaiting) ? 'accepted' : 'full'
  assert.deepEqual(receipt, { status, id })
}

async function extend(walking: Walk): Promise<void> {
  const held = anyLease(walking)
  if (held === undefined) return
  const { agent, model, random, clock } = walking
  const limit = random.below(4)
  const taken = await unlessLost(agent.extend(held.lease, { limit }))
  const expected = model.extend(held.lease.sessionKey, held.leaseId, limit, clock.now())
  assert.deepEqual(
    taken?.map(({ id, attempt }) => ({ id, attempt })),
    expected?.map(({ id, attempt }) => ({ id, attempt })),
  )
}

async function stop({ agent, model, random, step }: Walk): Promise<void> {
  const lane = random.pick(LANES) ?? 'a'
  let seen: readonly string[] = []
  const id = `m${step}`
  const receipt = await agent.answer(message(id, { sessionKey: lane }), ({ messages }) => {
    seen = messages.map((each) => each.id)
    return { ...turn(`t${step}`), stop: 'stopped' }
  })
  assert.deepEqual(receipt, { status: 'answered', id })
  assert.deepEqual(seen, model.stop(lane))
  model.answer(id, lane)
}

async function claim({ agent, model, random, clock, leases }: Walk): Promise<void> {
  const lane = random.below(2) === 0 ? undefined : random.pick(LANES)
  const limit = 1 + random.below(3)
  const leaseMs = 50 + random.below(100)
  const at = clock.now()
  const work = await tryClaim(agent, {
    limit,
    leaseMs,
    ...(lane === undefined ? {} : { sessionKey: lane }),
  })
  const expected = model.claim({ lane, limit, until: at + leaseMs, at })
  assert.equal(work?.lease.sessionKey, expected?.lane)
  assert.deepEqual(
    idsOf(work),
    expected?.messages.map(({ id }) => id),
  )
  assert.deepEqual(
    work?.messages.map(({ attempt }) => attempt),
    expected?.messages.map(({ attempt }) => attempt),
  )
  if (work !== undefined && expected !== undefined)
    leases.push({ lease: work.lease, leaseId: expected.leaseId })
}

/** Mostly the newest leases, now and then one that is long over. */
function anyLease({ leases, random }: Walk): HeldLease | undefined {
  return random.pick(random.below(4) === 0 ? leases : leases.slice(-4))
}

async function commit(walking: Walk): Promise<void> {
  const held = anyLease(walking)
  if (held === undefined) return
  const { agent, model, random, clock, step } = walking
  const added = Array.from({ length: random.below(3) }, (_, n) => ({
    id: `d${step}-${n}`,
    address: random.pick(PEERS) ?? 'x',
  }))
  const deliveries = added.map(({ id, address }) => delivery(id, { address: dm(address) }))
  const ended = await unlessLost(agent.commit(held.lease, turn(`t${step}`, { deliveries })))
  assert.equal(ended?.more, model.commit(held.lease.sessionKey, held.leaseId, added, clock.now()))
}

async function release(walking: Walk): Promise<void> {
  const held = anyLease(walking)
  if (held === undefined) return
  const retryAt = walking.clock.now() + walking.random.below(200)
  const uncounted = walking.random.below(3) === 0
  const released = await unlessLost(
    walking.agent.release(held.lease, { retryAt, reason: 'random', uncounted }),
  )
  const { sessionKey } = held.lease
  assert.equal(released?.more, walking.model.release(sessionKey, held.leaseId, retryAt, uncounted))
}

async function unlessLost<Result>(ended: Promise<Result>): Promise<Result | undefined> {
  try {
    return await ended
  } catch (error) {
    if (hasCode(error, 'LEASE_LOST')) return undefined
    throw error
  }
}

async function renew(walking: Walk): Promise<void> {
  const held = anyLease(walking)
  if (held === undefined) return
  const renewed = await walking.agent.renew(held.lease, 120)
  const until = walking.clock.now() + 120
  const isHeld = walking.model.renew(held.lease.sessionKey, held.leaseId, until)
  assert.deepEqual(renewed, isHeld ? { ...held.lease, until } : undefined)
}

async function withdraw({ agent, model, random }: Walk): Promise<void> {
  const { id, place } = random.pick(model.messages) ?? { id: 'nobody', place: { peer: 'x' } }
  const named = reference(`native-${id}`, dm(place.peer))
  const outcome = await agent.amend(named, { withdrawn: 'random' })
  assert.equal(outcome, model.withdraw(id))
}

async function send({ agent, model, clock, random }: Walk): Promise<void> {
  const leaseMs = 50 + random.below(100)
  const claimed = await claimDeliveries(agent, { leaseMs })
  const expected = model.claimDeliveries(clock.now() + leaseMs, clock.now())
  assert.deepEqual(
    claimed.map(({ id, attempts }) => `${id} ${attempts}`).sort(),
    expected.map(({ id, attempts }) => `${id} ${attempts}`).sort(),
  )
}

async function settle({ agent, model, clock, random }: Walk): Promise<void> {
  const open = model.deliveries.filter(({ state }) => state === 'sending' || state === 'unknown')
  const chosen = random.pick(random.below(6) === 0 ? model.deliveries : open)
  if (chosen === undefined) return
  const retryAt = clock.now() + random.below(100)
  const outcomes: readonly DeliveryOutcome[] = [
    { state: 'sent', nativeId: `sent-${chosen.id}`, sentAt: clock.now() },
    { state: 'sent', nativeId: `sent-${chosen.id}`, sentAt: clock.now() },
    { state: 'pending', retryAt, error: 'random' },
    { state: 'unknown', error: 'random' },
    { state: 'failed', error: 'random' },
  ]
  const outcome = random.pick(outcomes)
  if (outcome === undefined) return
  await agent.settleDelivery(chosen.id, outcome)
  model.settle(chosen.id, outcome.state, retryAt)
}

async function recover({ agent, model, clock }: Walk): Promise<void> {
  const lost = await agent.recoverDeliveries({ resend: false })
  assert.deepEqual(
    lost.map(({ id }) => id).sort(),
    model
      .recover(clock.now())
      .map(({ id }) => id)
      .sort(),
  )
}

async function pass({ clock, random }: Walk): Promise<void> {
  clock.advance(random.below(80))
}

async function due({ agent, model, clock }: Walk): Promise<void> {
  assert.deepEqual(await agent.dueLanes({ limit: 100 }), model.dueLanes(clock.now()))
}

async function compareCounts({ agent, model }: Walk): Promise<void> {
  const { inbox, outbox } = await agent.counts()
  const messagesIn = (state: string): number =>
    model.messages.filter((each) => each.state === state).length
  const deliveriesIn = (state: ModelDelivery['state']): number =>
    model.deliveries.filter((each) => each.state === state).length
  assert.deepEqual(inbox, {
    pending: messagesIn('pending'),
    claimed: messagesIn('claimed'),
    done: messagesIn('done'),
    dead: messagesIn('dead'),
  })
  assert.deepEqual(outbox, {
    pending: deliveriesIn('pending'),
    sending: deliveriesIn('sending'),
    sent: deliveriesIn('sent'),
    unknown: deliveriesIn('unknown'),
    failed: deliveriesIn('failed'),
  })
}
