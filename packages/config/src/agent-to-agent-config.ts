/** Which agents may reach each other: write to each other's sessions and read them. */
export interface AgentToAgentRules {
  /** Default false. */
  readonly enabled: boolean
  /** Ids or globs, of which both ends need one, or directed pairs of them. Empty: nobody. */
  readonly allow: readonly AgentToAgentRule[]
}

export type AgentToAgentRule = string | { readonly from: string; readonly to: string }

/** How far messages between agents go. */
export interface AgentToAgentBounds {
  /** Answers that are passed on in one exchange, 0 to 5. Default 5. */
  readonly maxPingPongTurns: number
  /** Messages from agents to agents that may follow from one person's message, one out of the other. Default 12. */
  readonly maxHops: number
}
