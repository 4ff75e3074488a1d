export interface Clock {
  readonly now: () => number
  advance(ms: number): void
}

/** Stands still until it is told to go on. */
export function createClock(start = 1_800_000_000_000): Clock {
  let time = start
  return {
    now: () => time,
    advance(ms) {
      time += ms
    },
  }
}
