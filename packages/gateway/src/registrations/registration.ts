import type { Addition } from '@junctor/config'
import type { JsonValue } from '@junctor/store'

export type JsonObject = { readonly [key: string]: JsonValue }

interface RegistrationBase {
  /** Who asked for it; for people. */
  readonly owner?: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

/** An agent that does not stand in the config file. */
export interface RegisteredAgent extends RegistrationBase {
  readonly kind: 'agent'
  /** The agent's id. */
  readonly id: string
  /** As an entry of `agents.list`. */
  readonly agent: JsonObject
}

/** A binding that does not stand in the config file. */
export interface RegisteredBinding extends RegistrationBase {
  readonly kind: 'binding'
  /** Ours; the binding carries it, so that explanations name it. */
  readonly id: string
  /** As an entry of `bindings`. */
  readonly binding: JsonObject
  /** From then on it is as if it had never been. */
  readonly expiresAt?: number
}

export type Registration = RegisteredAgent | RegisteredBinding

/** `set-aside`: the config as it is now does not go together with it. It counts again once the config does. */
export type RegistrationState =
  | { readonly state: 'in-force' }
  | { readonly state: 'expired' }
  | { readonly state: 'set-aside'; readonly reason: string }

export type RegistrationStatus = Registration & RegistrationState

/** A registration alone, whatever its state. */
export function withoutState<Kind extends Registration>(status: Kind): Kind {
  const {
    state: _,
    reason: __,
    ...registration
  } = { state: undefined, reason: undefined, ...status }
  return registration as unknown as Kind
}

export function isExpired(registration: Registration, now: number): boolean {
  const { kind } = registration
  return kind === 'binding' && registration.expiresAt !== undefined && registration.expiresAt <= now
}

export function toAddition(registration: Registration): Addition {
  return registration.kind === 'agent'
    ? { name: nameOf(registration), section: 'agents', value: registration.agent }
    : { name: nameOf(registration), section: 'bindings', value: registration.binding }
}

/** What problems call it. */
export function nameOf({ kind, id }: Registration): string {
  return `runtime ${kind} "${id}"`
}

/** Agents come first, since bindings name them; among themselves in the order in which they came. */
export function inOrder(registrations: Iterable<Registration>): readonly Registration[] {
  return [...registrations].sort(
    (a, b) =>
      Number(a.kind === 'binding') - Number(b.kind === 'binding') ||
      a.createdAt - b.createdAt ||
      (a.id < b.id ? -1 : 1),
  )
}
