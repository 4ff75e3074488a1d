import type { Logger } from '@junctor/channel'
import type { Delivery, DeliveryOutcome, Store } from '@junctor/store'
import type { OpenConnection } from '../account.ts'
import type { EventSink } from '../events.ts'
import { createDeadline } from '../deadline.ts'
import { createKeyedWorkers } from '../keyed-workers.ts'
import { createWakeTimers } from '../wake-timers.ts'
import { deliver } from './deliver.ts'
import { dropFiles, filesOf } from './outbound-files.ts'

/** What happens to a message of which nobody knows whether the platform took it. */
export type UnknownPolicy = 'resend' | 'hold'

export interface OutboxOptions {
  readonly store: Store
  readonly owner: string
  readonly connection: (channel: string, accountId: string) => OpenConnection | undefined
  readonly unknownPolicy: () => UnknownPolicy
  readonly log: Logger
  readonly events: EventSink
  readonly now: () => number
  readonly random: () => number
  readonly maxActive: number
  readonly leaseMs: number
  readonly signal: AbortSignal
}

/** Carries committed answers to their platforms: one at a time for each address, in order, until each has an outcome. */
export interface Outbox {
  wake(agentId: string, sessionKey: string): void
  /** Something of this session is still on its way. */
  isBusy(agentId: string, sessionKey: string): boolean
  /** Look for due deliveries of any session, and for those a dead process left. */
  sweep(agentId: string): Promise<void>
  /** Forget an agent, whose store is about to be removed. Resolves when nothing of it is being sent. */
  drop(agentId: string): Promise<void>
  drain(): Promise<void>
  stop(): void
}

/** A send ends before its lease does: what has no lease is taken for lost and sent again. */
const TIMEOUT_SHARE = 0.7
const GRACE_SHARE = 0.1
const MOST_RESENDS = 3
const FIRST_RESEND_MS = 500

export function createOutbox(options: OutboxOptions): Outbox {
  const { store, owner, log, events, now, leaseMs } = options
  const timers = createWakeTimers(now)
  /** How many deliveries of a session wait for their time. */
  const putOff = new Map<string, number>()
  const dropped = new Set<string>()

  const wakeLater = (agentId: string, sessionKey: string, time: number): void => {
    const key = `${agentId}\n${sessionKey}`
    putOff.set(key, (putOff.get(key) ?? 0) + 1)
    timers.wakeAt(time, () => {
      const others = (putOff.get(key) ?? 1) - 1
      if (others > 0) putOff.set(key, others)
      else putOff.delete(key)
      // Its store would be made anew.
      if (!dropped.has(agentId)) workers.wake(agentId, sessionKey)
    })
  }

  const run = async (agentId: string, sessionKey: string): Promise<boolean> => {
    if (options.signal.aborted) return false
    const agent = store.agent(agentId)
    const claimed = await agent.claimDeliveries({ owner, leaseMs, limit: 8, sessionKey })
    await Promise.all(claimed.map((delivery) => attempt(agentId, delivery)))
    return claimed.length > 0
  }

  const attempt = async (agentId: string, delivery: Delivery): Promise<void> => {
    const agent = store.agent(agentId)
    const { channel, accountId } = delivery.address
    const files = await filesOf(agent, delivery)
    using deadline = createDeadline(options.signal, leaseMs * TIMEOUT_SHARE, sendingTookTooLong)
    const send = {
      delivery,
      target: options.connection(channel, accountId),
      now,
      random: options.random,
      signal: deadline.signal,
      graceMs: Math.min(1_000, leaseMs * GRACE_SHARE),
    }
    const outcome: DeliveryOutcome =
      files === undefined
        ? { state: 'failed', error: 'a file that it carries is no longer kept' }
        : await deliver({ ...send, files })
    const settled = withResend(delivery, outcome)
    await agent.settleDelivery(delivery.id, settled)
    if (settled.state === 'sent' || settled.state === 'failed') await dropFiles(agent, delivery)
    note(agentId, delivery, settled)
  }

  const note = (agentId: string, delivery: Delivery, outcome: DeliveryOutcome): void => {
    const { id, sessionKey, messageId } = delivery
    const facts = {
      deliveryId: id,
      agentId,
      sessionKey,
      ...(messageId === undefined ? {} : { messageId }),
    }
    switch (outcome.state) {
      case 'sent':
        events.emit('delivery:sent', { ...facts, nativeId: outcome.nativeId })
        return
      case 'pending':
        log.warn({ ...facts, attempts: delivery.attempts }, `delivery put off: ${outcome.error}`)
        wakeLater(agentId, sessionKey, outcome.retryAt)
        return
      case 'failed':
        log.error(facts, `delivery failed: ${outcome.error}`)
        events.emit('delivery:failed', { ...facts, error: outcome.error })
        return
      case 'unknown':
        noteUnknown(agentId, delivery, outcome.error)
        if (outcome.resendAt !== undefined) wakeLater(agentId, sessionKey, outcome.resendAt)
    }
  }

  /** A platform that cuts every answer off after taking it must not get the same message without end. */
  const withResend = (delivery: Delivery, outcome: DeliveryOutcome): DeliveryOutcome => {
    const { unknowns } = delivery
    if (outcome.state !== 'unknown' || !resend() || unknowns >= MOST_RESENDS) return outcome
    return { ...outcome, resendAt: now() + FIRST_RESEND_MS * 2 ** unknowns }
  }

  const noteUnknown = (agentId: string, delivery: Delivery, error: string): void => {
    const { id, sessionKey } = delivery
    const facts = { deliveryId: id, agentId, sessionKey }
    const policy = options.unknownPolicy()
    log.warn({ ...facts, policy }, `delivery in doubt (delivery.unknown is "${policy}"): ${error}`)
    events.emit('delivery:unknown', { ...facts, error })
  }

  const resend = (): boolean => options.unknownPolicy() === 'resend'

  const workers = createKeyedWorkers({
    run: (agentId, sessionKey) =>
      run(agentId, sessionKey).catch((error: unknown) => {
        log.error({ agentId, sessionKey, error: String(error) }, 'the outbox could not be worked')
        wakeLater(agentId, sessionKey, now() + 1_000)
        return false
      }),
    maxActive: options.maxActive,
    maxActiveInGroup: () => options.maxActive,
  })

  return {
    wake(agentId, sessionKey) {
      dropped.delete(agentId)
      workers.wake(agentId, sessionKey)
    },
    isBusy: (agentId, sessionKey) =>
      workers.isActive(agentId, sessionKey) || putOff.has(`${agentId}\n${sessionKey}`),
    async sweep(agentId) {
      dropped.delete(agentId)
      const agent = store.agent(agentId)
      const lost = await agent.recoverDeliveries({ resend: resend(), mostResends: MOST_RESENDS })
      for (const delivery of lost)
        noteUnknown(agentId, delivery, delivery.error ?? 'the process ended while it was sent')
      for (const sessionKey of await agent.dueDeliveries({ limit: 1_000 }))
        workers.wake(agentId, sessionKey)
    },
    async drop(agentId) {
      dropped.add(agentId)
      await workers.drop(agentId)
    },
    drain: () => workers.idle(),
    stop() {
      timers.clear()
      workers.pause()
    },
  }
}

function sendingTookTooLong(): Error {
  return new DOMException('The platform did not answer in time.', 'TimeoutError')
}
