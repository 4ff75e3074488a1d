/** One day on the clock of this machine. */
export interface Day {
  /** `2026-08-12` */
  readonly name: string
  /** The next midnight, in milliseconds since 1970. */
  readonly endsAt: number
}

export function dayOf(at: number): Day {
  const date = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  return {
    name: `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
    endsAt: new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime(),
  }
}
