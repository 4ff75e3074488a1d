import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { ContainerCreateOptions } from 'dockerode'
import type { SandboxSettings } from './settings.ts'

/** Whose sandbox is wanted. */
export interface SandboxOwner {
  readonly agentId: string
  readonly sessionKey: string
  /** Absolute path of the agent's workspace on this machine. */
  readonly workspace: string
}

/** A container as it has to be: its name says whose it is, its label what it is like. */
export interface SandboxPlan {
  readonly name: string
  /** Digest of everything that makes one container different from another. */
  readonly revision: string
  readonly user: string
  /** On this machine; what is `/workspace` inside. */
  readonly folder: string
  readonly settings: SandboxSettings
  readonly options: ContainerCreateOptions
}

export interface PlanOptions {
  /** Tells the sandboxes of one gateway from those of another on the same machine. */
  readonly instance: string
  /** Where folders of sandboxes are that have no agent's workspace. */
  readonly folder: string
  readonly user: string
}

export const labels = {
  instance: 'junctor.instance',
  agent: 'junctor.agent',
  scope: 'junctor.scope',
  revision: 'junctor.revision',
} as const

export const insideFolder = '/workspace'

export function planSandbox(
  owner: SandboxOwner,
  settings: SandboxSettings,
  { instance, folder, user }: PlanOptions,
): SandboxPlan {
  const key = keyOf(owner, settings)
  const name = `junctor-${instance}-${digest(key)}`
  const isShared = settings.scope === 'shared'
  // What all share shows the workspace of none.
  const access = isShared ? 'none' : settings.workspaceAccess
  const own = posix.join(folder, digest(key))
  const workspace = access === 'rw' ? owner.workspace : own
  const mounts = [
    `${workspace}:${insideFolder}`,
    ...(access === 'ro' ? [`${owner.workspace}:/agent:ro`] : []),
    ...settings.binds,
  ]
  const [uid = '1000', gid = uid] = user.split(':')
  const options: ContainerCreateOptions = {
    Image: settings.image,
    // Does nothing but be there; commands come as execs. Ends at once when it is told to.
    Entrypoint: ['/bin/sh', '-c', 'trap "exit 0" TERM; while :; do sleep 3600 & wait $!; done'],
    Cmd: [],
    User: user,
    WorkingDir: insideFolder,
    Env: Object.entries({ HOME: insideFolder, ...settings.environment }).map(
      ([variable, value]) => `${variable}=${value}`,
    ),
    Labels: {
      [labels.instance]: instance,
      [labels.agent]: isShared ? '' : owner.agentId,
      [labels.scope]: settings.scope,
    },
    StopTimeout: 1,
    HostConfig: {
      NetworkMode: settings.network,
      ReadonlyRootfs: settings.readOnlyRoot,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Memory: settings.memoryBytes,
      // Equal to the memory: no swap, so that the limit is one.
      MemorySwap: settings.memoryBytes,
      NanoCpus: Math.round(settings.cpus * 1e9),
      PidsLimit: settings.pidsLimit,
      // Reaps what commands leave behind; without it dead processes fill the limit.
      Init: true,
      Binds: mounts,
      Tmpfs: Object.fromEntries(
        settings.tmpfs.map((path) => [
          path,
          `rw,nosuid,nodev,exec,size=64m,uid=${uid},gid=${gid},mode=700`,
        ]),
      ),
    },
  }
  const revision = digest(JSON.stringify([options, settings.setupCommand ?? '']))
  return {
    name,
    revision,
    user,
    folder: workspace,
    settings: { ...settings, workspaceAccess: access },
    options: { ...options, Labels: { ...options.Labels, [labels.revision]: revision } },
  }
}

function keyOf({ agentId, sessionKey }: SandboxOwner, { scope }: SandboxSettings): string {
  switch (scope) {
    case 'session':
      return `session\n${agentId}\n${sessionKey}`
    case 'agent':
      return `agent\n${agentId}`
    case 'shared':
      return 'shared'
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
