import type { Throttle } from '../tools-config.ts'
import type { Reader } from './reader.ts'
import { refine, text } from './scalars.ts'

const unitsMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
const written = /^([1-9]\d{0,5})\/([smhd])$/

/** `"10/m"`: ten calls a minute. */
export const throttle: Reader<Throttle> = refine(
  text(),
  (rate) => {
    const [, calls = '', unit = ''] = written.exec(rate) ?? []
    const perMs = unitsMs[unit]
    return perMs === undefined
      ? {
          message: `${JSON.stringify(rate.slice(0, 80))} is no number of calls in a time`,
          hint: 'write "10/m" for ten calls a minute, with "s", "m", "h" or "d"',
        }
      : { value: { calls: Number(calls), perMs } }
  },
  { type: 'string', pattern: written.source },
)
