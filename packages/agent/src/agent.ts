export interface AgentIdentity {
  readonly name?: string
  readonly emoji?: string
  readonly avatar?: string
  readonly theme?: string
  /** Persona text that goes into the system prompt. */
  readonly prompt?: string
}

/** An agent is a value one passes, never ambient state. */
export interface Agent {
  readonly id: string
  readonly name: string
  readonly identity: AgentIdentity
  /** Absolute path. AGENTS.md, SOUL.md and the like in it enter this agent's prompt and no other's. */
  readonly workspace: string
  /** Absolute path of the agent's own settings and credentials. */
  readonly agentDir: string
  /** Model id as configured: `provider/model`. */
  readonly model: string
}
