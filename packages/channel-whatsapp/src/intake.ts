import type { Backoff, ChannelHost, HealthBoard } from '@junctor/channel'
import type { AccountStore, Held } from './account-store.ts'

/** Hands envelopes to the host: one at a time, in order, each until it is stored. */
export interface Intake {
  /** Resolves once the host has stored them; rejects when the account was closed before that. */
  handOver(held: readonly Held[]): Promise<void>
  /** Resolves when nothing is being handed over any more. */
  idle(): Promise<void>
}

export interface IntakeOptions {
  readonly host: ChannelHost
  readonly store: AccountStore
  readonly health: HealthBoard
  readonly backoff: Backoff
  readonly signal: AbortSignal
}

export function createIntake({ host, store, health, backoff, signal }: IntakeOptions): Intake {
  let last: Promise<unknown> = Promise.resolve()

  const handOne = async ({ ticket, envelope }: Held): Promise<void> => {
    for (;;) {
      signal.throwIfAborted()
      try {
        await host.receive(envelope)
        break
      } catch (error) {
        const { nativeId } = envelope
        host.log.warn({ nativeId, error: String(error) }, 'WhatsApp message was not stored')
        health.storing(false)
        await backoff.pause(signal)
      }
    }
    backoff.reset()
    health.storing(true)
    store.release(ticket)
  }

  return {
    handOver(held) {
      const next = last.then(async () => {
        for (const one of held) await handOne(one)
      })
      last = next.catch(() => {})
      return next
    },
    async idle() {
      await last
    },
  }
}
