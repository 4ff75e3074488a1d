import type { Store } from '@junctor/store'
import { toJson } from '../envelopes.ts'
import { GatewayError } from '../errors.ts'
import { dayOf, type Day } from './day.ts'
import {
  add,
  nothing,
  overrunOf,
  parseSpending,
  type DayLimits,
  type Overrun,
  type Spending,
} from './spending.ts'

/** Set aside before it is spent, so that what runs at the same time cannot pass a limit together. */
export interface Reservation {
  readonly reserved: Spending
  /** Puts what was really spent in its place. */
  settle(spent: Partial<Spending>): Promise<void>
}

/**
 * What each agent spends in a day, written down before it is spent. What a process reserved and never settled, because it
 * was killed, stays spent: the provider may have charged it.
 */
export interface Ledger {
  /** Reads the day of these agents, once. */
  load(agentIds: Iterable<string>): Promise<void>
  /**
   * Waits while only reservations of this process are in the way. `wallTimeMs` is cut to what is left. Throws
   * `OVER_BUDGET` when a limit does not leave room for it.
   */
  reserve(
    agentId: string,
    limits: DayLimits,
    ask: Partial<Spending>,
    signal: AbortSignal,
  ): Promise<Reservation>
  /** The limit that was reached, or that refused something, today. From memory. */
  overrunOf(agentId: string, limits: DayLimits): (Overrun & Pick<Day, 'endsAt'>) | undefined
  /** Without what is only set aside. From memory. */
  today(agentId: string): Spending
}

interface Account {
  day: string
  /** As it is stored: with what is set aside. */
  written: Spending
  /** Set aside by this process. */
  reserved: Spending
  refused: Overrun | undefined
}

const TABLE = 'spending'
const KEPT_MS = 8 * 24 * 60 * 60_000

export function createLedger({
  store,
  now,
}: {
  readonly store: Store
  readonly now: () => number
}): Ledger {
  const accounts = new Map<string, Account>()
  const waiters = new Set<() => void>()
  const changing = new Map<string, Promise<unknown>>()

  const accountOf = (agentId: string, day: Day): Account => {
    const known = accounts.get(agentId)
    if (known?.day === day.name) return known
    const fresh = { day: day.name, written: nothing, reserved: nothing, refused: undefined }
    accounts.set(agentId, fresh)
    return fresh
  }

  /** Writes a changed day, unless `change` gives none. `done` happens together with what is known of it here. */
  const update = async (
    agentId: string,
    account: Account,
    change: (written: Spending) => Spending | undefined,
    done: () => void = () => {},
  ): Promise<boolean> => {
    const table = store.agent(agentId).table(TABLE)
    for (;;) {
      const entry = await table.get(account.day)
      const written = entry === undefined ? nothing : parseSpending(entry.value)
      const next = change(written)
      if (next === undefined) {
        account.written = written
        return false
      }
      const version = entry?.version ?? 0
      if (!(await table.put(account.day, toJson(next), { version, ttlMs: KEPT_MS }))) continue
      account.written = next
      done()
      return true
    }
  }

  /** Changes of one agent, one after the other. */
  const serially = <Result>(agentId: string, change: () => Promise<Result>): Promise<Result> => {
    const result = (changing.get(agentId) ?? Promise.resolve()).then(change)
    changing.set(
      agentId,
      result.catch(() => {}),
    )
    return result
  }

  const settledOf = ({ written, reserved }: Account): Spending => add(written, reserved, -1)

  /** Undefined: only reservations of this process are in the way. */
  const tryToReserve = async (
    agentId: string,
    limits: DayLimits,
    ask: Partial<Spending>,
  ): Promise<Reservation | undefined> => {
    const day = dayOf(now())
    const account = accountOf(agentId, day)
    let wanted = nothing
    let overrun: Overrun | undefined
    const isWritten = await update(
      agentId,
      account,
      (written) => {
        const settled = add(written, account.reserved, -1)
        wanted = within(limits, settled, add(nothing, ask))
        overrun = exhausted(limits, settled, ask) ?? overrunOf(limits, settled, wanted)
        const hasRoom = overrun === undefined && overrunOf(limits, written, wanted) === undefined
        return hasRoom ? add(written, wanted) : undefined
      },
      () => {
        account.reserved = add(account.reserved, wanted)
      },
    )
    if (isWritten) return reservation(agentId, account, wanted)
    if (overrun === undefined) return undefined
    account.refused = overrun
    throw overBudget(agentId, overrun, day)
  }

  const reserve: Ledger['reserve'] = async (agentId, limits, ask, signal) => {
    for (;;) {
      signal.throwIfAborted()
      // From here on, so that nothing that is settled meanwhile is missed.
      const { settled, forget } = nextSettlement(signal)
      try {
        const found = await serially(agentId, () => tryToReserve(agentId, limits, ask))
        if (found !== undefined) return found
        await settled
      } finally {
        forget()
      }
    }
  }

  const reservation = (agentId: string, account: Account, reserved: Spending): Reservation => {
    let isOpen = true
    return {
      reserved,
      async settle(spent) {
        if (!isOpen) return
        isOpen = false
        await serially(agentId, () =>
          update(
            agentId,
            account,
            (written) => add(add(written, spent), reserved, -1),
            () => {
              account.reserved = add(account.reserved, reserved, -1)
            },
          ),
        )
        for (const wake of waiters) wake()
      },
    }
  }

  /** The next time that a reservation of this process is settled, or the signal aborts. */
  const nextSettlement = (
    signal: AbortSignal,
  ): { readonly settled: Promise<void>; forget(): void } => {
    const { promise, resolve } = Promise.withResolvers<void>()
    waiters.add(resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
    return { settled: promise, forget: () => void waiters.delete(resolve) }
  }

  return {
    reserve,
    async load(agentIds) {
      const day = dayOf(now())
      for (const agentId of agentIds) {
        if (accounts.get(agentId)?.day === day.name) continue
        await update(agentId, accountOf(agentId, day), () => undefined)
      }
    },
    overrunOf(agentId, limits) {
      const day = dayOf(now())
      const account = accountOf(agentId, day)
      const { refused } = account
      const reached = overrunOf(limits, settledOf(account))
      // A limit that has changed since may leave room.
      const overrun =
        reached ?? (refused && limits[refused.limit] === refused.allowed ? refused : undefined)
      return overrun && { ...overrun, endsAt: day.endsAt }
    },
    today: (agentId) => settledOf(accountOf(agentId, dayOf(now()))),
  }
}

/** A turn that has less time left than it may take is given what is left. */
function within({ wallTimePerDayMs }: DayLimits, settled: Spending, wanted: Spending): Spending {
  if (wallTimePerDayMs === undefined || wanted.wallTimeMs === 0) return wanted
  const left = Math.max(0, wallTimePerDayMs - settled.wallTimeMs)
  return { ...wanted, wallTimeMs: Math.min(wanted.wallTimeMs, left) }
}

function exhausted(
  limits: DayLimits,
  settled: Spending,
  ask: Partial<Spending>,
): Overrun | undefined {
  const allowed = limits.wallTimePerDayMs
  if (allowed === undefined || (ask.wallTimeMs ?? 0) === 0) return undefined
  if (settled.wallTimeMs < allowed) return undefined
  return { limit: 'wallTimePerDayMs', used: settled.wallTimeMs, allowed }
}

/** `tokensPerDay allows 10,000, and 9,800 are used` */
export function overrunText({ limit, used, allowed }: Overrun): string {
  const format = new Intl.NumberFormat('en-US', { maximumFractionDigits: 4 })
  return `${limit} allows ${format.format(allowed)}, and ${format.format(used)} are used today`
}

export function overBudget(
  agentId: string,
  overrun: Overrun,
  day: Pick<Day, 'endsAt'>,
): GatewayError {
  return new GatewayError(
    'OVER_BUDGET',
    `agent "${agentId}" is over budget: ${overrunText(overrun)}.`,
    {
      details: { limit: overrun.limit, until: day.endsAt },
    },
  )
}
