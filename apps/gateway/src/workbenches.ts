import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Workbench } from '@junctor/agent'
import type { TriedSandbox } from '@junctor/api'
import type { Config } from '@junctor/config'
import { sandboxSkillsFolder, type WorkbenchRequest, type WorkbenchSource } from '@junctor/gateway'
import { mirrorSkills } from '@junctor/skills'
import { createHostWorkbench } from '@junctor/tools'
import type { Sandboxes, SandboxSettings, SandboxState } from '@junctor/sandbox'

type SandboxConfig = Config['agents']['list'][number]['sandbox']

/** The workbenches of an installation: folders of the host, and containers. Docker is asked only when a sandbox is. */
export interface Workbenches extends WorkbenchSource {
  sandboxes(): Promise<Sandboxes>
  /** Tries a sandbox of every agent that has one and was not tried as it is now. One trial after the other. */
  attest(config: Config): Promise<void>
  /** What trying them has found so far, and why some cannot be had. */
  attestation(): Attestation
  /** What there is. Empty where nobody has asked for a sandbox yet. */
  states(): Promise<readonly SandboxState[]>
}

export interface Attestation {
  readonly problem?: string
  readonly tried: readonly TriedSandbox[]
}

/** What trying the sandbox of an agent has come to. */
type Trial = { readonly revision: string } & (
  | Pick<TriedSandbox, 'attested'>
  | { readonly problem: string }
)

const HOUR_MS = 3_600_000
const PRUNE_EVERY_MS = 5 * 60_000
/** Removed after a day without use, and after a week. */
const limits = { idleMs: 24 * HOUR_MS, maxAgeMs: 7 * 24 * HOUR_MS }

export function createWorkbenches(
  stateDir: string,
  options: {
    readonly signal?: AbortSignal
    readonly warn?: (problem: string) => void
    /** Whether containers that nobody uses are removed now and then. Default true. */
    readonly prunes?: boolean
  } = {},
): Workbenches {
  const { signal, warn = () => {}, prunes = true } = options
  let loaded: Promise<Sandboxes> | undefined
  const trials = new Map<string, Trial>()
  let trying = Promise.resolve()

  const load = async (): Promise<Sandboxes> => {
    const { createSandboxes } = await import('@junctor/sandbox')
    const sandboxes = createSandboxes({
      instance: createHash('sha256').update(stateDir).digest('hex').slice(0, 12),
      folder: join(stateDir, 'sandboxes'),
    })
    if (!prunes) return sandboxes
    const timer = setInterval(() => {
      sandboxes.prune(limits).catch((error: unknown) => warn(String(error)))
    }, PRUNE_EVERY_MS)
    timer.unref()
    signal?.addEventListener('abort', () => clearInterval(timer))
    return sandboxes
  }
  const sandboxes = (): Promise<Sandboxes> => (loaded ??= load())

  /** The folder of copies that an agent's sandboxes see, or the sandbox that agents share. */
  const showSkills = async (
    { agent, skills }: WorkbenchRequest,
    { scope }: SandboxConfig,
  ): Promise<string> => {
    const name = scope === 'shared' ? 'shared' : `agent-${agent.id}`
    const folder = join(stateDir, 'sandboxes', 'skills', name)
    await mkdir(folder, { recursive: true, mode: 0o755 })
    // What one of those who share a sandbox may not use, another may.
    if (skills !== undefined) await mirrorSkills(skills, folder, { keepOthers: scope === 'shared' })
    return folder
  }

  const tryAll = async (config: Config): Promise<void> => {
    const wanted = config.agents.list.filter(({ sandbox }) => sandbox.mode !== 'off')
    for (const id of trials.keys()) if (!wanted.some((agent) => agent.id === id)) trials.delete(id)
    for (const { id, sandbox } of wanted) {
      const settings = await toSettings(sandbox)
      const revision = JSON.stringify(settings)
      const known = trials.get(id)
      if (known?.revision === revision && 'attested' in known) continue
      try {
        const attested = await (await sandboxes()).probe(settings)
        trials.set(id, { revision, attested })
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error)
        trials.set(id, { revision, problem })
      }
    }
  }

  return {
    sandboxes,
    async open(request) {
      const { agent, sessionKey, sandbox, skills = [], environment = {} } = request
      if (sandbox === undefined)
        return createHostWorkbench({
          folder: agent.workspace,
          readable: skills.map(({ folder }) => folder),
          environment,
        })
      const owner = { agentId: agent.id, sessionKey, workspace: agent.workspace }
      const settings = await toSettings(sandbox)
      const shown = `${await showSkills(request, sandbox)}:${sandboxSkillsFolder}:ro`
      const binds = [...settings.binds, shown]
      const workbench = await (await sandboxes()).open(owner, { ...settings, binds })
      // What could not be had at the start is there by now.
      const trial = trials.get(agent.id)
      if (trial !== undefined && 'problem' in trial) trials.delete(agent.id)
      return withEnvironment(workbench, environment)
    },
    attest: (config) => (trying = trying.then(() => tryAll(config))),
    attestation() {
      const all = [...trials]
      const problems = all.flatMap(([id, trial]) =>
        'problem' in trial ? [`agent ${id}: ${trial.problem}`] : [],
      )
      const tried = all.flatMap(([agentId, trial]) =>
        'attested' in trial ? [{ agentId, attested: trial.attested }] : [],
      )
      return { tried, ...(problems.length === 0 ? {} : { problem: problems.join('\n') }) }
    },
    async states() {
      return loaded === undefined ? [] : (await loaded).list()
    },
  }
}

/** Not of the container, where it would stay: of each command. Those of a command itself come first. */
function withEnvironment(
  workbench: Workbench,
  environment: Readonly<Record<string, string>>,
): Workbench {
  return {
    ...workbench,
    run: (script, options) =>
      workbench.run(script, {
        ...options,
        environment: { ...environment, ...options.environment },
      }),
  }
}

/** A sandbox as the config asks for it, closed where it says nothing. */
export async function toSettings({
  scope,
  workspaceAccess,
  docker,
}: SandboxConfig): Promise<SandboxSettings> {
  const { defaultSandboxSettings } = await import('@junctor/sandbox')
  const { env, memory, ...others } = docker
  return {
    ...defaultSandboxSettings,
    ...others,
    scope,
    workspaceAccess,
    ...(env === undefined ? {} : { environment: env }),
    ...(memory === undefined ? {} : { memoryBytes: toBytes(memory) }),
  }
}

const units: { readonly [unit: string]: number } = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }

function toBytes(size: string): number {
  const [, count = '', unit = ''] = /^(\d+)([kmg]?)/i.exec(size) ?? []
  return Number(count) * (units[unit.toLowerCase()] ?? 1)
}
