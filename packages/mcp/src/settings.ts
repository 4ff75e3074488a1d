interface CommonSettings {
  /** For one call, in milliseconds. Default: 60,000. */
  readonly timeoutMs?: number
}

/** A server that is a process of this machine and speaks over its input and output. */
export interface ProcessSettings extends CommonSettings {
  readonly command: string
  readonly args?: readonly string[]
  /** Its variables, beside `PATH`, `HOME`, `LANG` and `TZ`. It gets no others of ours. */
  readonly env?: Readonly<Record<string, string>>
  /** Runs it, on this machine, also for sessions that work in a sandbox. Default: false, such sessions do without it. */
  readonly onHost?: boolean
}

/** A server that is reached by streamable HTTP. */
export interface HttpSettings extends CommonSettings {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
}

export type McpServerSettings = ProcessSettings | HttpSettings
