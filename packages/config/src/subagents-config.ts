/** Sub-agents that an agent starts for a task of their own. */
export interface SubagentsConfig {
  /** Turns of its sub-agents' sessions that run at the same time, beside those of people. Default 8. */
  readonly maxConcurrent: number
  /** How deep sub-agents may start further ones; 0: none at all. Default 1: they may not. */
  readonly maxDepth: number
  /** `provider/model` that they are asked with. Absent: the agent's own. */
  readonly model?: string
  /** After so many minutes a sub-agent that has ended is no longer shown; 0: never. Default 60. */
  readonly archiveAfterMinutes: number
  /** Other agents, or patterns, that may be started besides itself. Default: none. */
  readonly allowAgents: readonly string[]
}
