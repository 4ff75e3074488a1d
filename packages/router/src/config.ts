import type { DmScope } from '@junctor/session-key'
import type { AgentState } from './agent-state.ts'
import type { TimeWindow } from './time-window.ts'

/** One agent of the roster. */
export interface RouterAgent {
  readonly id: string
  /** The agent that answers what no binding catches. At most one; without one the first agent is. */
  readonly default?: boolean
  /** What it is for, so that policies can name it as `role:<role>`. */
  readonly roles?: readonly string[]
  /** Who answers while this agent is paused, over budget or failing: the first that can, then theirs. No circles. */
  readonly fallback?: readonly string[]
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
  /** What explanations call it in the place of `bindings[<index>]`: where a person finds it. */
  readonly origin?: string
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

/** What a message must have for a policy. Every field that is given must fit. */
export interface PolicyCondition {
  /** Absent: every channel. */
  readonly channel?: string
  readonly accountId?: string
  /** The peer itself, or a room around it. */
  readonly peer?: BindingPeer
  readonly guildId?: string
  readonly teamId?: string
  /** Any one of them is enough. Needs `guildId`. */
  readonly roles?: readonly string[]
  /** Ids of senders; any one of them. */
  readonly sender?: readonly string[]
  /**
   * A regular expression that the text must contain, whatever the case: characters, classes, groups, `|`, `?`, `*`, `+`,
   * `{n,m}`, `^`, `$`, `\b`. Without look-around and back-references, so that no text can make it slow. The first
   * 8,192 characters are looked at.
   */
  readonly text?: string
  readonly time?: TimeWindow
  /** Agent → the state that it must be in. */
  readonly agentState?: Readonly<Record<string, AgentState>>
}

/** A rule for messages that no binding catches. */
export interface Policy {
  readonly id?: string
  readonly when: PolicyCondition
  /** An agent, or `role:<role>`: the first agent of the roster with that role that can answer. */
  readonly to: string
  /** Who answers while `to` cannot, before the agent's own `fallback`. */
  readonly else?: readonly string[]
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
  /** Tried in order when no binding fits, before the default agent. Default: none. */
  readonly policies?: readonly Policy[]
  /**
   * Whether the `fallback` of an agent that cannot answer takes its messages (`fallback`, the default), or the messages are
   * still its own: the gateway then lets them wait (`queue`) or answers that the agent cannot (`reject`).
   */
  readonly onUnavailable?: 'fallback' | 'queue' | 'reject'
  /** Whose hours the policies mean that name none. Default `UTC`. */
  readonly timeZone?: string
}
