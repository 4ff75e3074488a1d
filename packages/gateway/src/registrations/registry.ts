import type { Logger } from '@junctor/channel'
import type { Config } from '@junctor/config'
import { GatewayError } from '../errors.ts'
import type { NewId } from '../ids.ts'
import type { RegistrationBook } from './book.ts'
import { composeConfig, type Composed } from './compose.ts'
import {
  isExpired,
  nameOf,
  withoutState,
  type JsonObject,
  type RegisteredAgent,
  type RegisteredBinding,
  type Registration,
  type RegistrationStatus,
} from './registration.ts'
import { twinOf } from './twin.ts'

/** A binding that was asked for: made now, or there already. */
export interface BindingAnswer {
  readonly status: 'added' | 'skipped'
  /** Absent when the config file has it. */
  readonly binding?: RegisteredBinding
}

/** What `removeAgent` took away. */
export interface Unregistered {
  readonly agent: RegisteredAgent
  readonly bindings: readonly RegisteredBinding[]
}

/** Agents and bindings that were made while the gateway ran. They survive a restart, and the config file knows nothing of them. */
export interface Registrations {
  /** Those in force, those set aside, and for a week those that have expired. */
  list(): readonly RegistrationStatus[]
  /**
   * `agent` is an entry of `agents.list`, without `accounts`, `default` and `routes`. Throws `GatewayError`: `REGISTRATION_REFUSED`
   * with what the checks of the config say.
   */
  addAgent(agent: JsonObject, options?: { readonly owner?: string }): Promise<RegisteredAgent>
  /** Its bindings go as well; what it has stored stays. Throws `GatewayError`: `UNKNOWN_REGISTRATION`. */
  removeAgent(id: string): Promise<Unregistered>
  /**
   * `binding` is an entry of `bindings`; after `ttlMs` it vanishes by itself. Throws `GatewayError`: `REGISTRATION_REFUSED`,
   * or `REGISTRATION_CONFLICT` when another agent has this match.
   */
  bind(
    binding: JsonObject,
    options?: { readonly owner?: string; readonly ttlMs?: number },
  ): Promise<BindingAnswer>
  /** Throws `GatewayError`: `UNKNOWN_REGISTRATION`. */
  unbind(id: string): Promise<RegisteredBinding>
}

export interface Registry extends Registrations {
  /** Reads what an earlier process kept, and puts it into force. */
  open(): Promise<void>
  /** Another config, with the registrations that go together with it. */
  rebase(config: Config): Promise<void>
  /** A binding in force has expired. */
  isStale(): boolean
  /** Puts into force what has not expired. */
  refresh(): Promise<void>
}

export interface RegistryOptions {
  readonly book: RegistrationBook
  readonly config: Config
  readonly newId: NewId
  readonly now: () => number
  readonly log: Logger
  /** Puts a config into force. Rejects, and leaves everything as it was, when it cannot be. */
  readonly enforce: (config: Config) => Promise<void>
}

/** Expired bindings are kept for a while, so that people are told what became of them. */
const EXPIRED_KEPT_MS = 7 * 24 * 3_600_000

export function createRegistry({ book, newId, now, log, ...options }: RegistryOptions): Registry {
  let base = options.config
  let composed: Composed = { config: base, registrations: [] }
  let nextExpiry = Number.POSITIVE_INFINITY
  let changing: Promise<unknown> = Promise.resolve()

  const inTurn = <Result>(change: () => Promise<Result>): Promise<Result> => {
    const result = changing.then(change)
    changing = result.catch(() => {})
    return result
  }

  const put = async (next: Composed, { always = false } = {}): Promise<void> => {
    if (always || next.config !== composed.config) await options.enforce(next.config)
    for (const status of next.registrations) noteChange(status)
    composed = next
    nextExpiry = Math.min(...next.registrations.map(expiryInForce))
  }

  const noteChange = (status: RegistrationStatus): void => {
    const before = find(status.kind, status.id)?.state
    if (before === status.state) return
    if (status.state === 'set-aside')
      log.warn({}, `${nameOf(status)} is set aside: ${status.reason}`)
    else if (status.state === 'expired') log.info({}, `${nameOf(status)} has expired`)
    else log.info({}, `${nameOf(status)} is in force`)
  }

  const find = (kind: Registration['kind'], id: string): RegistrationStatus | undefined =>
    composed.registrations.find((each) => each.kind === kind && each.id === id)

  const add = async (registration: Registration): Promise<void> => {
    const next = composeConfig(base, [...composed.registrations, registration], now())
    for (const status of next.registrations)
      if (status.state === 'set-aside' && find(status.kind, status.id)?.state !== 'set-aside')
        throw new GatewayError('REGISTRATION_REFUSED', `${nameOf(status)}: ${status.reason}`)
    await book.put(registration)
    await put(next).catch(async (error: unknown) => {
      await book.remove(registration)
      throw error
    })
  }

  const drop = async (dropped: readonly RegistrationStatus[]): Promise<void> => {
    for (const registration of dropped) {
      await book.remove(registration)
      log.info({}, `${nameOf(registration)} was removed`)
    }
    const kept = composed.registrations.filter((each) => !dropped.includes(each))
    await put(composeConfig(base, kept, now()))
  }

  const addAgent: Registrations['addAgent'] = async (agent, { owner } = {}) => {
    const id = lowerText(agent, 'id')
    for (const [key, holder] of fileOnly(agent))
      if (Object.hasOwn(holder, key))
        throw new GatewayError(
          'REGISTRATION_REFUSED',
          `A runtime agent has no "${key}": that belongs into the config file.`,
        )
    if (
      find('agent', id) !== undefined ||
      composed.config.agents.list.some((each) => each.id === id)
    )
      throw new GatewayError('REGISTRATION_REFUSED', `There is an agent "${id}" already.`)
    const registration = { kind: 'agent' as const, id, agent, ...owned(owner), createdAt: now() }
    await add(registration)
    return registration
  }

  const removeAgent = async (id: string): Promise<Unregistered> => {
    const agent = find('agent', id.toLowerCase())
    if (agent?.kind !== 'agent') throw unknown('agent', id)
    const bindings = composed.registrations
      .filter((each) => each.kind === 'binding')
      .filter(({ binding }) => lowerText(binding, 'agentId') === agent.id)
    await drop([agent, ...bindings])
    return { agent: withoutState(agent), bindings: bindings.map(withoutState) }
  }

  const bind: Registrations['bind'] = async (binding, { owner, ttlMs } = {}) => {
    const twin = twinOf(binding, composed.config)
    if (twin !== undefined && twin.agentId === lowerText(binding, 'agentId')) {
      const known = twin.id === undefined ? undefined : find('binding', twin.id)
      return known?.kind === 'binding'
        ? { status: 'skipped', binding: withoutState(known) }
        : { status: 'skipped' }
    }
    if (twin !== undefined) {
      const message = `Agent "${twin.agentId}" has these messages already.`
      throw new GatewayError('REGISTRATION_CONFLICT', message)
    }
    const id = newId('bind')
    const registration = {
      kind: 'binding' as const,
      id,
      binding: { ...binding, id },
      ...owned(owner),
      createdAt: now(),
      ...(ttlMs === undefined ? {} : { expiresAt: now() + ttlMs }),
    }
    await add(registration)
    return { status: 'added', binding: registration }
  }

  const unbind = async (id: string): Promise<RegisteredBinding> => {
    const binding = find('binding', id)
    if (binding?.kind !== 'binding') throw unknown('binding', id)
    await drop([binding])
    return withoutState(binding)
  }

  const open = async (): Promise<void> => {
    const kept: Registration[] = []
    for (const registration of await book.read())
      if (isExpired(registration, now() - EXPIRED_KEPT_MS)) await book.remove(registration)
      else kept.push(registration)
    await put(composeConfig(base, kept, now()), { always: true })
  }

  const rebase = async (config: Config): Promise<void> => {
    await put(composeConfig(config, composed.registrations, now()), { always: true })
    base = config
  }

  return {
    list: () => composed.registrations,
    addAgent: (...given) => inTurn(() => addAgent(...given)),
    removeAgent: (id) => inTurn(() => removeAgent(id)),
    bind: (...given) => inTurn(() => bind(...given)),
    unbind: (id) => inTurn(() => unbind(id)),
    open: () => inTurn(open),
    rebase: (config) => inTurn(() => rebase(config)),
    isStale: () => nextExpiry <= now(),
    refresh: () => inTurn(() => put(composeConfig(base, composed.registrations, now()))),
  }
}

function expiryInForce(status: RegistrationStatus): number {
  const expiresAt = status.kind === 'binding' ? status.expiresAt : undefined
  return status.state === 'in-force' && expiresAt !== undefined
    ? expiresAt
    : Number.POSITIVE_INFINITY
}

function lowerText(value: JsonObject, key: string): string {
  const text = Object.hasOwn(value, key) ? value[key] : undefined
  return typeof text === 'string' ? text.toLowerCase() : ''
}

function owned(owner: string | undefined): { readonly owner?: string } {
  return owner === undefined ? {} : { owner }
}

function unknown(kind: Registration['kind'], id: string): GatewayError {
  return new GatewayError('UNKNOWN_REGISTRATION', `There is no runtime ${kind} "${id}".`)
}

/** What stands in the config file alone: who an agent is to others, which programs it starts and which private hosts it reads. */
function fileOnly(agent: JsonObject): readonly (readonly [key: string, holder: object])[] {
  const tools: object = Object(agent['tools'])
  return [
    ['accounts', agent],
    ['default', agent],
    ['routes', agent],
    ['mcp', tools],
    ['web', tools],
  ]
}
