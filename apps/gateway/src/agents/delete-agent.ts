import { setTimeout as sleep } from 'node:timers/promises'
import { removeAgent, type Config } from '@junctor/config'
import { hasCode } from '@junctor/errors'
import type { Purged, Status } from '@junctor/api'
import type { CliContext } from '../context.ts'
import { callGateway } from '../control-client.ts'
import { CliError } from '../errors.ts'
import { loadConfig } from '../load-config.ts'
import { withOwnStore } from '../read-store.ts'
import { bindingText } from './binding-text.ts'
import { deleteKeptAgent } from './delete-kept-agent.ts'
import { editConfig } from './edit-config.ts'
import { removeDirectories } from './remove-directories.ts'
import { listRuntime, removeRuntimeAgent } from './runtime-agents.ts'

export interface DeleteOptions {
  /** Remove everything that the agent has stored, and its directories. */
  readonly purge: boolean
  /** Also directories outside the state directory. */
  readonly force: boolean
  /** The runtime agent, although the config may have one of the same id. */
  readonly runtime?: boolean
}

/** What `agents delete` did, as `--json` prints it. */
export interface DeletedAgent {
  readonly id: string
  /** Whether it stood beside the config. */
  readonly runtime: boolean
  readonly workspace?: string
  readonly agentDir?: string
  /** Bindings that led to it. */
  readonly bindings: number
  /** Accounts that it declared for itself, as `telegram/shop`: gone from the config with it. */
  readonly accounts?: readonly string[]
  /** Bindings of others that name these accounts: nothing reaches them now. */
  readonly unreached?: readonly { readonly agentId: string; readonly binding: string }[]
  readonly written: readonly { readonly path: string; readonly backupPath?: string | undefined }[]
  /** Who answers now what no binding catches; present when that was the deleted agent. */
  readonly defaultAgent?: string
  readonly purged?: Purged
}

const PATIENCE_MS = 15_000

/** Deletes an agent of the config, or one that was made at runtime. Throws `NOT_FOUND`. */
export async function deleteAgent(
  context: CliContext,
  id: string,
  options: DeleteOptions,
): Promise<DeletedAgent> {
  const { config, stateDir } = await loadConfig(context)
  const agent = config.agents.list.find((each) => each.id === id.toLowerCase())
  if (agent === undefined || options.runtime === true)
    return deleteRuntimeAgent(context, id, options, config)
  const edited = await editConfig(context, (source) => removeAgent(source, agent.id))
  const facts = {
    id: agent.id,
    runtime: false,
    workspace: agent.workspace,
    agentDir: agent.agentDir,
    bindings: edited.bindings.length,
    ...(edited.accounts.length === 0 ? {} : { accounts: edited.accounts }),
    ...unreachedBy(edited.accounts, edited.config),
    written: edited.written,
    ...(agent.default ? { defaultAgent: defaultOf(edited.config) } : {}),
  }
  if (!options.purge) return facts
  const rows = await purgeRows(context, agent.id)
  const gone = await removeDirectories({
    agent,
    others: edited.config.agents.list,
    stateDir,
    home: context.home,
    force: options.force,
  })
  return { ...facts, purged: { rows, ...gone } }
}

async function deleteRuntimeAgent(
  context: CliContext,
  id: string,
  options: DeleteOptions,
  config: Config,
): Promise<DeletedAgent> {
  const known = await listRuntime(context).catch((error: unknown) => {
    if (hasCode(error, 'NOT_RUNNING')) return undefined
    throw error
  })
  if (known === undefined) return deleteKeptAgent(context, id, options, config)
  if (!known.some((each) => each.kind === 'agent' && each.id === id.toLowerCase()))
    throw new CliError('NOT_FOUND', `There is no agent "${id}".`)
  return { ...(await removeRuntimeAgent(context, id, options)), runtime: true, written: [] }
}

function unreachedBy(
  accounts: readonly string[],
  { bindings }: Config,
): Pick<DeletedAgent, 'unreached'> {
  const gone = new Set(accounts.map((account) => account.toLowerCase()))
  const unreached = bindings.flatMap(({ agentId, match }) =>
    gone.has(`${match.channel}/${match.accountId}`.toLowerCase())
      ? [{ agentId, binding: bindingText(match) }]
      : [],
  )
  return unreached.length === 0 ? {} : { unreached }
}

function defaultOf({ agents }: Config): string {
  return agents.list.find((agent) => agent.default)?.id ?? 'main'
}

/** Through the running gateway once it has let the agent go, and on the store itself where none runs. */
async function purgeRows(context: CliContext, id: string): Promise<Purged['rows']> {
  const until = Date.now() + PATIENCE_MS
  for (;;)
    try {
      const answer = await callGateway(context, 'DELETE', `/api/v1/agents/${id}/state`)
      return (answer as Pick<Purged, 'rows'>).rows
    } catch (error) {
      if (hasCode(error, 'NOT_RUNNING'))
        return withOwnStore(context, async (store) => ({ ...(await store.removeAgent(id)) }))
      if (!hasCode(error, 'REFUSED') || Date.now() > until) throw await withProblem(context, error)
      // It has not taken the edited config yet.
      await sleep(100)
    }
}

async function withProblem(context: CliContext, error: unknown): Promise<unknown> {
  const { config } = (await callGateway(context, 'GET', '/api/v1/status')) as Status
  if (config.problem === undefined) return error
  return new CliError(
    'REFUSED',
    `The agent is out of the config, but the running gateway has not taken the edit, and nothing was purged: ${config.problem}`,
    { cause: error },
  )
}
