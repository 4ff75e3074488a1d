import type { DmScope } from '@junctor/session-key'

/** One agent of the roster. */
export interface RouterAgent {
  readonly id: string
  /** The agent that answers what no binding catches. At most one; without one the first agent is. */
  readonly default?: boolean
}

/** How a binding names a peer. `direct` and `private` read as `dm`; `group` and `channel` are one kind. `id: '*'` is any. */
export interface BindingPeer {
  readonly kind: 'dm' | 'direct' | 'private' | 'group' | 'channel'
  readonly id: string
}

/** Every field that is given must match. */
export interface BindingMatch {
  readonly channel: string
  /** `'*'` or nothing: every account of the channel (see `RouterConfig.omittedAccount`). */
  readonly accountId?: string
  readonly peer?: BindingPeer
  readonly guildId?: string
  readonly teamId?: string
  /** Any one of them is enough. Needs `guildId`. An empty list is the same as none. */
  readonly roles?: readonly string[]
}

export interface Binding {
  readonly id?: string
  readonly agentId: string
  readonly match: BindingMatch
  /** Overrides `session.dmScope` for the DMs that this binding catches. */
  readonly dmScope?: DmScope
  /** Who may speak through this binding. Read by admission; routing ignores it. */
  readonly allowFrom?: readonly string[]
  readonly comment?: string
}

export interface SessionConfig {
  /** Name of the conversation that DMs share under `dmScope: 'main'`. Default `main`. */
  readonly mainKey?: string
  /** Default `main`. */
  readonly dmScope?: DmScope
  /** The accounts of one person: `{ alice: ['telegram:123', 'whatsapp:+1555'] }`. No effect under `main`. */
  readonly identityLinks?: Readonly<Record<string, readonly string[]>>
}

export interface BroadcastConfig {
  /** Whether the agents answer at the same time or one after the other. The router passes nothing on; default `parallel`. */
  readonly strategy?: 'parallel' | 'sequential'
  /** The agents that all get what this peer says, whatever the bindings say. */
  readonly groups: Readonly<Record<string, readonly string[]>>
}

export interface RouterConfig {
  readonly agents: readonly RouterAgent[]
  readonly bindings: readonly Binding[]
  readonly session?: SessionConfig
  readonly broadcast?: BroadcastConfig
  /** What a binding without `accountId` means: `any` account (default), or the channel's `default` account alone. */
  readonly omittedAccount?: 'any' | 'default'
  /** The default account of a channel, by channel; `default` where nothing is given. */
  readonly defaultAccounts?: Readonly<Record<string, string>>
}
