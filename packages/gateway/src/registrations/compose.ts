import { extendConfig, type Config, type ParsedConfig } from '@junctor/config'
import {
  inOrder,
  isExpired,
  nameOf,
  toAddition,
  withoutState,
  type Registration,
  type RegistrationStatus,
} from './registration.ts'

/** A config with the registrations that go together with it. */
export interface Composed {
  readonly config: Config
  readonly registrations: readonly RegistrationStatus[]
}

/**
 * Puts agents and bindings behind those of a config. They are checked as if they stood in its file; what does not go together
 * with it is set aside, with the reason, and never stands in its way. Works without a gateway.
 */
export function composeConfig(
  base: Config,
  registrations: readonly Registration[],
  now: number,
): Composed {
  const ordered = inOrder(registrations.map(withoutState))
  const reasons = new Map<Registration, string>()
  let live = ordered.filter((registration) => !isExpired(registration, now))
  let config = base
  while (live.length > 0) {
    const whole = extend(base, live)
    if (whole.ok) {
      config = whole.config
      break
    }
    for (const [registration, reason] of blamed(base, live, whole))
      reasons.set(registration, reason)
    live = live.filter((registration) => !reasons.has(registration))
  }
  return {
    config,
    registrations: ordered.map((registration) => {
      const reason = reasons.get(registration)
      if (isExpired(registration, now)) return { ...registration, state: 'expired' }
      if (reason === undefined) return { ...registration, state: 'in-force' }
      return { ...registration, state: 'set-aside', reason }
    }),
  }
}

function extend(base: Config, registrations: readonly Registration[]): ParsedConfig {
  return extendConfig(base, registrations.map(toAddition))
}

/** Those in which an error stands; where it stands in the file, the first one with which the whole goes wrong. */
function blamed(
  base: Config,
  live: readonly Registration[],
  { problems }: ParsedConfig,
): ReadonlyMap<Registration, string> {
  const found = new Map<Registration, string>()
  for (const registration of live) {
    const reason = reasonIn(problems.filter(({ file }) => file === nameOf(registration)))
    if (reason !== undefined) found.set(registration, reason)
  }
  if (found.size > 0) return found
  let good = 0
  let bad = live.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (extend(base, live.slice(0, middle)).ok) good = middle
    else bad = middle
  }
  const first = live[bad - 1]
  const reason = reasonIn(extend(base, live.slice(0, bad)).problems)
  return first === undefined
    ? found
    : new Map([[first, reason ?? 'it does not go together with the config']])
}

function reasonIn(problems: ParsedConfig['problems']): string | undefined {
  const error = problems.find(({ severity }) => severity === 'error')
  if (error === undefined) return undefined
  const { path, message, hint } = error
  return `${path === '' ? '' : `${path}: `}${message}${hint === undefined ? '' : `; ${hint}`}`
}
