import { createFaults, type Fault, type FaultKind, type Faults } from '../fault.ts'
import { createConversations, type Conversations } from './conversations.ts'
import type { Deliveries } from './deliveries.ts'
import type { SlackCall, SlackFile } from './types.ts'

export interface WorkspaceOptions {
  readonly botToken: string
  /** Default: one made from the bot token, for Socket Mode. */
  readonly appToken?: string
  /** Default `fake-signing-secret`. */
  readonly signingSecret?: string
  /** Default: one made from the bot token. */
  readonly teamId?: string
  /** The bot's handle; people call it with `@name`. Default `junctor`. */
  readonly name?: string
}

export interface StoredFile {
  readonly file: SlackFile
  data: Uint8Array | undefined
  readonly shares: { readonly channel: string; readonly ts: string }[]
}

/** Everything that the server keeps for one app in one workspace, across restarts. */
export interface WorkspaceState {
  readonly botToken: string
  readonly appToken: string
  readonly signingSecret: string
  readonly teamId: string
  readonly name: string
  readonly botUserId: string
  readonly botId: string
  readonly appId: string
  readonly conversations: Conversations
  readonly deliveries: Deliveries
  readonly files: Map<string, StoredFile>
  readonly people: Map<string, { readonly name: string; readonly real_name: string }>
  /** Scopes that were not granted, by the methods that need them. */
  readonly deniedMethods: Set<string>
  readonly faults: Faults
  /** One fault of this workspace, else one of the whole server. */
  takeFault(method: string, ...kinds: readonly FaultKind[]): Fault | undefined
  readonly calls: SlackCall[]
  readonly callCounts: Map<string, number>
  /** Tokens that no longer work, with the error that tells so. */
  readonly revoked: Map<string, string>
  nextTs(): string
  nextId(prefix: string): string
  /** Base of this server's own addresses, `http://127.0.0.1:<port>`. */
  origin(): string
  changed(): void
}

export interface StateOptions {
  readonly serverFaults: Faults
  readonly deliveries: (state: () => WorkspaceState) => Deliveries
  readonly origin: () => string
  readonly changed: () => void
}

export function createWorkspaceState(
  options: WorkspaceOptions,
  { serverFaults, deliveries, origin, changed }: StateOptions,
): WorkspaceState {
  const { botToken } = options
  const suffix = botToken
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .toUpperCase()
    .slice(-8)
  const faults = createFaults({ supports })
  let lastTs = 0
  let lastId = 0

  const state: WorkspaceState = {
    botToken,
    appToken: options.appToken ?? `xapp-${botToken}`,
    signingSecret: options.signingSecret ?? 'fake-signing-secret',
    teamId: options.teamId ?? `T${suffix}`,
    name: options.name ?? 'junctor',
    botUserId: `UBOT${suffix}`,
    botId: `B${suffix}`,
    appId: `A${suffix}`,
    conversations: createConversations(),
    deliveries: deliveries(() => state),
    files: new Map(),
    people: new Map(),
    deniedMethods: new Set(),
    faults,
    takeFault: (method, ...kinds) =>
      faults.take(method, ...kinds) ?? serverFaults.take(method, ...kinds),
    calls: [],
    callCounts: new Map(),
    revoked: new Map(),
    nextTs() {
      // Microseconds: unique and growing, as Slack's are.
      lastTs = Math.max(lastTs + 1, Date.now() * 1000)
      return `${Math.floor(lastTs / 1_000_000)}.${String(lastTs % 1_000_000).padStart(6, '0')}`
    },
    nextId(prefix) {
      lastId += 1
      return `${prefix}${suffix}${String(lastId).padStart(4, '0')}`
    },
    origin,
    changed,
  }
  return state
}

export const supports: readonly FaultKind[] = [
  'drop-before',
  'drop-after',
  'delay',
  'rate-limit',
  'status',
  'duplicate',
  'silence',
  'oversize',
  'unauthorized',
  'garbage',
]
