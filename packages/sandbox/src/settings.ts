/** What a sandbox is like. Two sandboxes with the same settings are alike; a change makes a new one. */
export interface SandboxSettings {
  /** Who shares one: nobody but the session, all sessions of the agent, or every agent with this scope. */
  readonly scope: 'session' | 'agent' | 'shared'
  /**
   * The agent's workspace inside: not at all (`/workspace` is a folder of the sandbox's own), read-only as `/agent` beside
   * it, or as `/workspace` itself. Always `none` for `shared`.
   */
  readonly workspaceAccess: 'none' | 'ro' | 'rw'
  /** On this machine already: nothing is pulled. */
  readonly image: string
  /** `none`, or the name of a Docker network. */
  readonly network: string
  readonly readOnlyRoot: boolean
  /** `uid:gid`. Default: the gateway's own, or 1000:1000 when that is root; with `rw` the owner of the workspace. */
  readonly user?: string
  readonly memoryBytes: number
  /** Processor cores, also in parts. */
  readonly cpus: number
  readonly pidsLimit: number
  /** Folders in memory that can be written. */
  readonly tmpfs: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /** `host path:path inside[:ro]`. */
  readonly binds: readonly string[]
  /** Runs once when a sandbox is made, as root where the root file system can be written. */
  readonly setupCommand?: string
}

const MIB = 1024 * 1024

/** As closed as it goes: no network, nothing of the host, modest limits. */
export const defaultSandboxSettings: SandboxSettings = {
  scope: 'agent',
  workspaceAccess: 'none',
  image: 'debian:bookworm-slim',
  network: 'none',
  readOnlyRoot: true,
  memoryBytes: 512 * MIB,
  cpus: 1,
  pidsLimit: 256,
  tmpfs: ['/tmp', '/var/tmp', '/run'],
  environment: {},
  binds: [],
}
