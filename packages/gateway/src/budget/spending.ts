import type { LimitsConfig } from '@junctor/config'
import type { JsonValue } from '@junctor/store'
import { fieldOf } from '../envelopes.ts'

/** What an agent used up, or is about to. */
export interface Spending {
  readonly turns: number
  readonly tokens: number
  readonly usd: number
  readonly wallTimeMs: number
}

export type DayLimits = Pick<
  LimitsConfig,
  'turnsPerDay' | 'tokensPerDay' | 'usdPerDay' | 'wallTimePerDayMs'
>

/** Why something does not fit: `limit` is the setting. */
export interface Overrun {
  readonly limit: keyof DayLimits
  readonly used: number
  readonly allowed: number
}

export const nothing: Spending = { turns: 0, tokens: 0, usd: 0, wallTimeMs: 0 }

export const limitNames: { readonly [Name in keyof Spending]: keyof DayLimits } = {
  turns: 'turnsPerDay',
  tokens: 'tokensPerDay',
  usd: 'usdPerDay',
  wallTimeMs: 'wallTimePerDayMs',
}
const names = ['turns', 'tokens', 'usd', 'wallTimeMs'] as const

export function add(left: Spending, right: Partial<Spending>, sign: 1 | -1 = 1): Spending {
  const sum = (name: keyof Spending): number => {
    const value = left[name] + sign * (right[name] ?? 0)
    // A billionth is far below any price; without it sums of fractions drift.
    return Math.max(0, Math.round(value * 1e9) / 1e9)
  }
  return {
    turns: sum('turns'),
    tokens: sum('tokens'),
    usd: sum('usd'),
    wallTimeMs: sum('wallTimeMs'),
  }
}

/** The first limit that is passed when `more` comes on top of what is used; nothing more: that is reached. */
export function overrunOf(
  limits: DayLimits,
  used: Spending,
  more?: Partial<Spending>,
): Overrun | undefined {
  for (const name of names) {
    const limit = limitNames[name]
    const allowed = limits[limit]
    if (allowed === undefined) continue
    const asked = more?.[name] ?? 0
    const isOver =
      more === undefined ? used[name] >= allowed : asked > 0 && used[name] + asked > allowed
    if (isOver) return { limit, used: used[name], allowed }
  }
  return undefined
}

export function hasDayLimits(limits: DayLimits): boolean {
  return Object.values(limitNames).some((name) => limits[name] !== undefined)
}

export function parseSpending(value: JsonValue): Spending {
  const read = (name: keyof Spending): number => {
    const field = fieldOf(value, name)
    return typeof field === 'number' ? field : 0
  }
  return {
    turns: read('turns'),
    tokens: read('tokens'),
    usd: read('usd'),
    wallTimeMs: read('wallTimeMs'),
  }
}
