/**
 * What can go wrong between a client and a fake server. One vocabulary for every platform; each server documents the
 * kinds that make sense for its protocol and ignores none silently: a kind it cannot produce is refused by its `faults.add`.
 */
export type FaultEffect =
  /** The connection closes before the request has any effect. */
  | { readonly kind: 'drop-before' }
  /** The request takes effect, then the connection closes without an answer. */
  | { readonly kind: 'drop-after' }
  /** The answer (or the next event) comes late. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** Refused without effect, with the platform's own "try again after". */
  | { readonly kind: 'rate-limit'; readonly retryAfterMs: number }
  /** Answered with this HTTP status and no effect. */
  | { readonly kind: 'status'; readonly status: number; readonly message?: string }
  /** The next event is offered a second time although it was acknowledged. */
  | { readonly kind: 'duplicate' }
  /** The next two events change places. */
  | { readonly kind: 'reorder' }
  /** The connection stays open and nothing comes, not even an answer. */
  | { readonly kind: 'silence' }
  /** The answer carries this many bytes more than anybody expects. */
  | { readonly kind: 'oversize'; readonly bytes: number }
  /** The credentials are refused. */
  | { readonly kind: 'unauthorized' }
  /** Another process takes the connection over. */
  | { readonly kind: 'second-consumer' }
  /** The answer is 200 and its body is not what the protocol says. */
  | { readonly kind: 'garbage'; readonly body?: string }

export type FaultKind = FaultEffect['kind']

export type Fault = FaultEffect & {
  /** Method or path that the fault waits for; `*` stands for any run of characters. */
  readonly on: string
  /** How many calls it hits. Default 1; `Infinity` until cleared. */
  readonly times?: number
}

/** Faults that wait for their call. The first one added that matches is the first one taken. */
export interface Faults {
  add(...faults: readonly Fault[]): void
  /** Use up one matching fault. With `kinds`, others stay where they are. */
  take(method: string, ...kinds: readonly FaultKind[]): Fault | undefined
  /** Those that have not been used up, in order. */
  pending(): readonly Fault[]
  clear(): void
}

export interface FaultOptions {
  /** The kinds this server can produce. Default: all. */
  readonly supports?: readonly FaultKind[]
}

export function createFaults({ supports }: FaultOptions = {}): Faults {
  let waiting: { readonly fault: Fault; readonly matches: RegExp; left: number }[] = []

  return {
    add(...faults) {
      for (const fault of faults) {
        if (supports && !supports.includes(fault.kind)) {
          throw new TypeError(
            `This server cannot produce the fault "${fault.kind}"; it knows: ${supports.join(', ')}`,
          )
        }
        waiting.push({ fault, matches: toPattern(fault.on), left: fault.times ?? 1 })
      }
    },
    take(method, ...kinds) {
      if (waiting.length === 0) return undefined
      const entry = waiting.find(
        ({ fault, matches }) =>
          matches.test(method) && (kinds.length === 0 || kinds.includes(fault.kind)),
      )
      if (!entry) return undefined
      entry.left -= 1
      if (entry.left <= 0) waiting = waiting.filter((other) => other !== entry)
      return entry.fault
    },
    pending: () => waiting.map(({ fault, left }) => ({ ...fault, times: left })),
    clear() {
      waiting = []
    },
  }
}

function toPattern(glob: string): RegExp {
  const escaped = glob
    .split('*')
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${escaped.join('.*')}$`, 's')
}
