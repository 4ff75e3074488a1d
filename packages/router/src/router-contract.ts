import type { AgentStates, UnavailableState } from './agent-state.ts'
import type { Explanation } from './explanation.ts'
import type { LintFinding } from './lint.ts'

export type Tier =
  | 'broadcast'
  | 'peer'
  | 'parent-peer'
  | 'peer-wildcard'
  | 'guild-roles'
  | 'guild'
  | 'team'
  | 'account'
  | 'channel'
  | 'policy'
  | 'default'

/** A conversation partner as a channel reports it. `direct` and `private` read as `dm`. */
export interface RoutePeer {
  readonly kind: 'dm' | 'direct' | 'private' | 'group' | 'channel'
  readonly id: string
}

/** What the platform said, unchanged. An envelope of `@junctor/channel` fits. */
export interface RouteInput {
  readonly channel: string
  readonly accountId: string
  readonly peer: RoutePeer
  /** Rooms around the peer, nearest first. */
  readonly parents?: readonly RoutePeer[]
  readonly guildId?: string
  readonly teamId?: string
  /** Roles that the sender holds in the guild. */
  readonly roles?: readonly string[]
  readonly threadId?: string
}

/** What the router is told besides the message itself. It never looks anything up. */
export interface RouteFacts {
  readonly text?: string
  readonly senderId?: string
  /** Milliseconds since 1970. */
  readonly at?: number
  /** Absent: all are available. */
  readonly agentStates?: AgentStates
}

/** Which binding or policy: its place in the list, its id where it has one, and where it is written if not in the list. */
export interface BindingReference {
  readonly index: number
  readonly id?: string
  readonly origin?: string
}

export interface RouteAnswer {
  readonly agentId: string
  readonly accountId: string
  readonly sessionKey: string
  /** The agent's main session, whatever conversation this message belongs to. */
  readonly mainSessionKey: string
  readonly tier: Tier
  /** Absent in the tiers `broadcast`, `policy` and `default`. */
  readonly binding?: BindingReference
  /** In the tier `policy`. */
  readonly policy?: BindingReference
  /** The agent that the rules chose, where another one stands in for it. The session is of the one that stands in. */
  readonly insteadOf?: { readonly agentId: string; readonly state: UnavailableState }
  /** `agentId` cannot answer, and nobody stands in. */
  readonly unavailable?: UnavailableState
}

export interface StandIn extends Pick<RouteAnswer, 'insteadOf' | 'unavailable'> {
  readonly agentId: string
}

/** Where an agent wants to write on its own account. */
export interface OutboundTarget {
  readonly channel: string
  /** The conversation it writes to. Without one the agent's bindings on the channel decide. */
  readonly peer?: RoutePeer
  readonly parents?: readonly RoutePeer[]
  readonly guildId?: string
  readonly teamId?: string
  readonly roles?: readonly string[]
  /** The accounts that exist on the channel. Default: those that bindings and `defaultAccounts` name. */
  readonly accounts?: readonly string[]
}

export interface Router {
  /** The one agent for a message; for a broadcast peer the first of its agents. Never throws. */
  readonly resolve: (input: RouteInput, facts?: RouteFacts) => RouteAnswer
  /** Every agent for a message: all of a broadcast peer, otherwise exactly the answer of `resolve`. */
  readonly resolveAll: (input: RouteInput, facts?: RouteFacts) => readonly RouteAnswer[]
  /** The answer of `resolve` and, for each binding of the channel and each policy, why it won or lost. Reads the whole list: for people. */
  readonly explain: (input: RouteInput, facts?: RouteFacts) => Explanation
  /**
   * The account an agent speaks with on a channel, read from the same table.
   *
   * @throws RouterError `NO_ACCOUNT` when no account leads to the agent, `AMBIGUOUS_ACCOUNT` when several do,
   * `UNKNOWN_AGENT` for an agent that is not in the roster.
   */
  readonly accountFor: (agentId: string, target: OutboundTarget) => string
  /** The agent that answers what `agentId` would: itself, or who stands in for it by its `fallback`. */
  readonly standInFor: (agentId: string, states: AgentStates) => StandIn
  /** Bindings that no message can ever reach. */
  readonly lint: () => readonly LintFinding[]
}
