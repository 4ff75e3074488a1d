import { chown, mkdir, stat, utimes, writeFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { WorkbenchError, type Workbench } from '@junctor/agent'
import type { Container, ContainerInfo } from 'dockerode'
import { attest, type Attested } from './attest.ts'
import { execIn, outputOf } from './container-exec.ts'
import { createContainerFiles } from './container-files.ts'
import { asked, connectEngine, isMissing, unavailable, type EngineOptions } from './engine.ts'
import { countLimits, withLimits, type LimitCounts } from './limits-hit.ts'
import { insideFolder, labels, planSandbox, type SandboxOwner, type SandboxPlan } from './plan.ts'
import type { SandboxSettings } from './settings.ts'

export interface SandboxesOptions {
  /** Tells this gateway's sandboxes from another's on the same machine. Up to 32 of a-z, 0-9. */
  readonly instance: string
  /** Absolute; folders of sandboxes that have no agent's workspace are kept here. */
  readonly folder: string
  readonly engine?: EngineOptions
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number
}

export interface SandboxState {
  /** Of the container. */
  readonly name: string
  /** Empty for one that agents share. */
  readonly agentId: string
  readonly scope: string
  readonly image: string
  readonly isRunning: boolean
  /** Milliseconds since 1970. */
  readonly createdAt: number
  readonly usedAt: number
  /** Empty until this process has used it. */
  readonly attested: readonly Attested[]
}

/** The containers in which agents work. All methods throw `WorkbenchError`, `UNAVAILABLE` without an engine. */
export interface Sandboxes {
  /** The sandbox of this owner, made and tried out when it is not there as it has to be. */
  open(owner: SandboxOwner, settings: SandboxSettings): Promise<Workbench>
  /** Makes such a sandbox, tries it out and removes it. */
  probe(settings: SandboxSettings): Promise<readonly Attested[]>
  list(): Promise<readonly SandboxState[]>
  /** Removes the sandboxes of an agent, or all; the next use makes new ones. Answers their names. */
  remove(agentId?: string): Promise<readonly string[]>
  /** Removes those that nobody used for `idleMs` or that are older than `maxAgeMs`. Answers their names. */
  prune(limits: { readonly idleMs: number; readonly maxAgeMs: number }): Promise<readonly string[]>
}

const none: LimitCounts = { outOfMemory: 0, outOfProcesses: 0 }
const SETUP_MS = 10 * 60_000
const PROBE_MS = 30_000

export function createSandboxes(options: SandboxesOptions): Sandboxes {
  const { instance, folder, now = Date.now } = options
  const docker = connectEngine(options.engine)
  const attested = new Map<string, readonly Attested[]>()
  /** How often each container had hit its limits when it was last asked. */
  const hits = new Map<string, LimitCounts>()
  /** One opening at a time for each container. */
  const opening = new Map<string, Promise<Container>>()

  const planFor = async (owner: SandboxOwner, settings: SandboxSettings): Promise<SandboxPlan> =>
    planSandbox(owner, settings, { instance, folder, user: await userOf(owner, settings) })

  const ensure = async (plan: SandboxPlan): Promise<Container> => {
    const existing = await find(plan.name)
    if (existing?.Config.Labels[labels.revision] === plan.revision) {
      const container = docker.getContainer(existing.Id)
      if (!existing.State.Running) await asked('starting the container', container.start())
      if (!attested.has(plan.name)) {
        await requireAttested(container, plan)
        hits.set(existing.Id, await countLimits(docker, container))
      }
      return container
    }
    if (existing !== undefined) await removeContainer(existing.Id)
    return make(plan)
  }

  const find = async (name: string) => {
    try {
      return await docker.getContainer(name).inspect()
    } catch (error) {
      if (isMissing(error)) return undefined
      throw unavailable('asking the container engine', error)
    }
  }

  /** It gets its name when its setup has ended: one that a dying process left half made is never taken for whole. */
  const make = async (plan: SandboxPlan): Promise<Container> => {
    const draft = `${plan.name}-draft`
    const left = await find(draft)
    if (left !== undefined) await removeContainer(left.Id)
    await prepareFolder(plan)
    const container = await asked(
      `making a container of the image ${plan.settings.image}`,
      docker.createContainer({ ...plan.options, name: draft }),
    )
    try {
      await asked('starting the container', container.start())
      await requireAttested(container, plan)
      await setUp(container, plan)
      await asked('naming the container', container.rename({ name: plan.name }))
      return container
    } catch (error) {
      await removeContainer(container.id)
      throw error
    }
  }

  const setUp = async (container: Container, { settings }: SandboxPlan): Promise<void> => {
    const { setupCommand, readOnlyRoot } = settings
    if (setupCommand === undefined) return
    const { exitCode, output } = await outputOf(
      docker,
      container,
      ['/bin/sh', '-c', setupCommand],
      {
        ...(readOnlyRoot ? {} : { user: '0:0' }),
        signal: AbortSignal.timeout(SETUP_MS),
      },
    )
    if (exitCode !== 0)
      throw new WorkbenchError(
        'UNAVAILABLE',
        `The sandbox cannot be used: sandbox.docker.setupCommand ended with ${String(exitCode)}: ${output.toString().slice(-2_000).trim()}`,
      )
  }

  const requireAttested = async (container: Container, plan: SandboxPlan): Promise<void> => {
    const found = await attest(docker, container, plan, AbortSignal.timeout(PROBE_MS))
    attested.set(plan.name, found)
    const broken = found.filter(({ holds }) => !holds)
    if (broken.length === 0) return
    attested.delete(plan.name)
    throw new WorkbenchError(
      'UNAVAILABLE',
      `The sandbox cannot be trusted: ${broken.map((one) => `it is not so that ${one.what} (found: ${one.found})`).join('; ')}.`,
    )
  }

  const removeContainer = async (id: string): Promise<void> => {
    hits.delete(id)
    await docker
      .getContainer(id)
      .remove({ force: true, v: true })
      .catch((error: unknown) => {
        if (!isMissing(error)) throw unavailable('removing a container', error)
      })
  }

  const ours = (): Promise<ContainerInfo[]> =>
    asked(
      'listing containers',
      docker.listContainers({ all: true, filters: { label: [`${labels.instance}=${instance}`] } }),
    )

  const toWorkbench = (container: Container, plan: SandboxPlan): Workbench => ({
    place: 'sandbox',
    folder: insideFolder,
    async run(script, { folder: at = '.', environment = {}, signal }) {
      const running = await execIn(docker, container, ['/bin/sh', '-c', script], {
        folder: posix.resolve(insideFolder, at),
        environment,
        signal,
      })
      const exit = running.exit.then(async (ended) => {
        if (ended.exitCode === 0) return ended
        // Asked for only when something went wrong: a question costs as much as a command.
        const before = hits.get(container.id) ?? none
        const after = await countLimits(docker, container).catch(() => before)
        hits.set(container.id, after)
        return withLimits(ended, before, after, plan.settings)
      })
      return { ...running, exit }
    },
    ...createContainerFiles(docker, container),
  })

  return {
    async open(owner, settings) {
      const plan = await planFor(owner, settings)
      const before = opening.get(plan.name) ?? Promise.resolve()
      const container = before.catch(() => {}).then(() => ensure(plan))
      opening.set(plan.name, container)
      try {
        const ready = await container
        await noteUse(plan, now())
        return toWorkbench(ready, plan)
      } finally {
        if (opening.get(plan.name) === container) opening.delete(plan.name)
      }
    },
    async probe(settings) {
      const owner = { agentId: 'probe', sessionKey: crypto.randomUUID(), workspace: folder }
      const alone = { ...settings, scope: 'session', workspaceAccess: 'none', binds: [] } as const
      const { setupCommand: _, ...bare } = alone
      const plan = await planFor(owner, bare)
      try {
        await removeContainer((await make(plan)).id)
        return attested.get(plan.name) ?? []
      } finally {
        attested.delete(plan.name)
      }
    },
    async list() {
      const containers = await ours()
      return Promise.all(containers.map((info) => stateOf(info, attested, folder)))
    },
    async remove(agentId) {
      const gone = (await ours()).filter(
        ({ Labels }) => agentId === undefined || Labels[labels.agent] === agentId,
      )
      for (const { Id } of gone) await removeContainer(Id)
      return gone.map(nameOf)
    },
    async prune({ idleMs, maxAgeMs }) {
      const gone: string[] = []
      for (const info of await ours()) {
        const { createdAt, usedAt, name } = await stateOf(info, attested, folder)
        if (now() - usedAt < idleMs && now() - createdAt < maxAgeMs) continue
        await removeContainer(info.Id)
        attested.delete(name)
        gone.push(name)
      }
      return gone
    },
  }

  async function prepareFolder({ folder: workspace, settings, user }: SandboxPlan): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o711 })
    if (settings.workspaceAccess === 'rw') return
    await mkdir(workspace, { recursive: true, mode: 0o700 })
    const [uid, gid = uid] = user.split(':').map(Number)
    if (process.getuid?.() === 0 && uid !== undefined && gid !== undefined)
      await chown(workspace, uid, gid)
  }

  /** When a sandbox was last used survives the process, as the time of a file. */
  async function noteUse({ name }: SandboxPlan, at: number): Promise<void> {
    const mark = posix.join(folder, `${name}.used`)
    await writeFile(mark, '', { flag: 'a' })
    await utimes(mark, at / 1_000, at / 1_000)
  }
}

/** Whose files a sandbox writes: never root's, unless the workspace that it may write is. */
async function userOf({ workspace }: SandboxOwner, settings: SandboxSettings): Promise<string> {
  if (settings.user !== undefined) return settings.user
  if (settings.workspaceAccess === 'rw' && settings.scope !== 'shared') {
    const { uid, gid } = await stat(workspace)
    return `${uid}:${gid}`
  }
  const uid = process.getuid?.() ?? 1000
  return uid === 0 ? '1000:1000' : `${uid}:${process.getgid?.() ?? uid}`
}

function nameOf({ Names }: ContainerInfo): string {
  return (Names[0] ?? '').replace(/^\//, '')
}

async function stateOf(
  info: ContainerInfo,
  attested: ReadonlyMap<string, readonly Attested[]>,
  folder: string,
): Promise<SandboxState> {
  const name = nameOf(info)
  const createdAt = info.Created * 1_000
  const used = await stat(posix.join(folder, `${name}.used`)).catch(() => undefined)
  return {
    name,
    agentId: info.Labels[labels.agent] ?? '',
    scope: info.Labels[labels.scope] ?? '',
    image: info.Image,
    isRunning: info.State === 'running',
    createdAt,
    usedAt: Math.max(createdAt, used?.mtimeMs ?? 0),
    attested: attested.get(name) ?? [],
  }
}
