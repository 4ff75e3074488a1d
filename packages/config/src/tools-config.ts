export type ToolProfile = 'minimal' | 'coding' | 'messaging' | 'full'

export interface ToolRules {
  readonly profile?: ToolProfile
  readonly allow?: readonly string[]
  /** Added to what the profile or `allow` gives. */
  readonly alsoAllow?: readonly string[]
  /** Wins over every allow. */
  readonly deny?: readonly string[]
}

/** The tools of every agent, or of one. An agent's `profile` and `alsoAllow` stand in place of those of all; the rest only narrows. */
export interface ToolsConfig extends ToolRules {
  /** Further limits by model provider, or by `provider/model`. */
  readonly byProvider?: Readonly<Record<string, ToolRules>>
  /** Further limits for sessions that run in a sandbox; an agent's own replace those of all. */
  readonly sandbox?: { readonly tools?: ToolRules }
  /** Further limits for sub-agents; an agent's own replace those of all. */
  readonly subagents?: { readonly tools?: ToolRules }
  /**
   * Tool, group or pattern → how often an agent may call it. Each agent is counted by itself. Limits of all and the agent's own
   * hold side by side.
   */
  readonly throttle?: Readonly<Record<string, Throttle>>
  /** Whose commands may leave the sandbox. What an agent says narrows what all say: both must let a sender. */
  readonly elevated?: ElevatedConfig
  /** Tools, groups or patterns whose every call a person has to approve. What all list and what the agent lists add up. */
  readonly requireApproval?: readonly string[]
  /** Channel → senders who may approve; `*` is everyone, the channel `api` is programs with a token. An agent's own replace those of all. */
  readonly approvers?: Readonly<Record<string, readonly string[]>>
  /** How long the word is waited for, and may be used once it is given. Default 10. */
  readonly approvalMinutes?: number
  readonly web?: WebToolsConfig
  /** MCP servers by name; an agent's own are added to those of all, or stand in their place. */
  readonly mcp?: Readonly<Record<string, McpServerConfig>>
}

/** The Chromium that the tool `browser` uses. */
export interface BrowserConfig {
  /** Default: where systems install it. */
  readonly executablePath?: string
  /** Runs it without its own sandbox, which root and many containers cannot have. Default false. */
  readonly noSandbox?: boolean
}

/** A program of this machine, or a server that is reached by streamable HTTP. Holds secrets. */
export type McpServerConfig =
  | {
      readonly command: string
      readonly args?: readonly string[]
      /** Its variables, beside `PATH`, `HOME`, `LANG` and `TZ`. */
      readonly env?: Readonly<Record<string, string>>
      /** Runs it, on this machine, also for sessions that work in a sandbox. Default false. */
      readonly onHost?: boolean
      /** For one call, in milliseconds. Default 60,000. */
      readonly timeoutMs?: number
    }
  | {
      readonly url: string
      readonly headers?: Readonly<Record<string, string>>
      readonly timeoutMs?: number
    }

/** How tools reach the web. An agent's own settings go before those of all. */
export interface WebToolsConfig {
  readonly fetch?: WebFetchConfig
}

export interface WebFetchConfig {
  /**
   * Hosts that may be read though they are not on the public internet: names, `*.names` and addresses, with or without a port.
   * Default: none.
   */
  readonly privateHosts?: readonly string[]
  /** Bytes read of one answer. Default 2,000,000. */
  readonly maxBytes?: number
  /** For one answer, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number
}

export interface ElevatedConfig {
  /** Of all: default false. Of an agent: default true. */
  readonly enabled?: boolean
  /** Channel → senders; `*` is everyone. Of all: a channel without an entry has nobody. Of an agent: absent is no further limit. */
  readonly allowFrom?: Readonly<Record<string, readonly string[]>>
}

/** So many calls in a time; they come back one by one over that time. */
export interface Throttle {
  readonly calls: number
  readonly perMs: number
}

/** What an agent may do at all, whatever its tools are. */
export interface PermissionsConfig {
  /**
   * - `read_only` tools that only look
   * - `workspace` those, the tools for files, and commands where they run in a sandbox
   * - `full` every tool that the other rules leave (default)
   */
  readonly mode: 'read_only' | 'workspace' | 'full'
  /** Only these tools, groups or patterns. Empty: any that the mode has. */
  readonly operations: readonly string[]
  /** Added to `tools.requireApproval`. */
  readonly requireApproval: readonly string[]
}
