/** Who may use another machine that was paired, and for what. The machine permits by itself, too: both have to. */
export interface NodeConfig {
  /** Agent ids or globs. Empty: nobody. */
  readonly agents: readonly string[]
  /** Programs, exactly as they are run: names, or absolute paths. Empty: none. */
  readonly allow: readonly string[]
}
