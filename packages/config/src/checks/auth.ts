import type { AgentConfig } from '../config.ts'
import { quote } from '../schema/reader.ts'
import type { Path } from '../report.ts'
import type { CheckContext } from './check.ts'

/** Credentials that go to the wrong provider, or lie where an agent's own file tools may look. */
export function checkAuth(context: CheckContext): void {
  const { config, input } = context
  checkOrder(input.auth?.order, ['auth', 'order'], context)
  for (const [index, { auth }] of (input.agents?.list ?? []).entries())
    checkOrder(auth?.order, ['agents', 'list', index, 'auth', 'order'], context)
  const { canonicalPath } = context
  const places: Places = {
    stateDir: canonicalPath(config.stateDir),
    agentDirs: config.agents.list.map((owner) => ({ owner, path: canonicalPath(owner.agentDir) })),
  }
  for (const index of config.agents.list.keys()) checkWorkspace(index, places, context)
}

function checkOrder(
  order: Readonly<Record<string, readonly string[]>> = {},
  path: Path,
  { config, report, at }: CheckContext,
): void {
  const { profiles } = config.auth
  for (const [provider, ids] of Object.entries(order))
    for (const [index, id] of ids.entries()) {
      const terms = Object.hasOwn(profiles, id) ? profiles[id] : undefined
      if (terms === undefined || terms.provider === provider) continue
      report.error(
        at([...path, provider, index]),
        'INVALID_VALUE',
        `the profile ${quote(id)} is for the provider ${quote(terms.provider)}, says auth.profiles`,
        `name it under ${quote(terms.provider)}`,
      )
    }
}

/** Where keys lie, each asked for once: the disk is slower than a comparison. */
interface Places {
  readonly stateDir: string
  readonly agentDirs: readonly { readonly owner: AgentConfig; readonly path: string }[]
}

/** An agent may read everything in its workspace. */
function checkWorkspace(
  index: number,
  places: Places,
  { config, report, at, canonicalPath }: CheckContext,
): void {
  const { stateDir, agents } = config
  const agent = agents.list[index]
  if (agent === undefined) return
  const root = canonicalPath(agent.workspace).replace(/[/\\]+$/, '')
  const [unix, windows] = [`${root}/`, `${root}\\`]
  const holds = (path: string): boolean =>
    path === root || path.startsWith(unix) || path.startsWith(windows)
  const owner = places.agentDirs.find(({ path }) => holds(path))?.owner
  const what =
    owner === undefined
      ? holds(places.stateDir)
        ? `the state folder ${stateDir}`
        : undefined
      : `the agentDir of ${quote(owner.id)}, ${owner.agentDir}`
  if (what === undefined) return
  report.error(
    at(['agents', 'list', index, 'workspace']),
    'EXPOSED_CREDENTIALS',
    `the workspace of the agent ${quote(agent.id)}, ${agent.workspace}, holds ${what}: its file tools could read keys`,
    'write a "workspace" beside it',
  )
}
