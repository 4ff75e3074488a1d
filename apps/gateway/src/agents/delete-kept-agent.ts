import type { Config } from '@junctor/config'
import { composeConfig, createRegistrationBook, type Registration } from '@junctor/gateway'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { withOwnStore } from '../read-store.ts'
import type { DeletedAgent, DeleteOptions } from './delete-agent.ts'
import { removeDirectories } from './remove-directories.ts'

/**
 * Deletes a runtime agent that the store keeps while no gateway runs, with its runtime bindings. Throws `NOT_FOUND`; `REFUSED`
 * for a purge of what an agent of the config with the same id has stored.
 */
export function deleteKeptAgent(
  context: CliContext,
  id: string,
  { purge, force }: DeleteOptions,
  base: Config,
): Promise<DeletedAgent> {
  const agentId = id.toLowerCase()
  return withOwnStore(context, async (store) => {
    const book = createRegistrationBook(store)
    const kept = await book.read()
    const own = kept.filter((each) => agentOf(each) === agentId)
    if (!own.some(({ kind }) => kind === 'agent'))
      throw new CliError('NOT_FOUND', `There is no agent "${id}".`)
    if (purge && base.agents.list.some((agent) => agent.id === agentId))
      throw new CliError(
        'REFUSED',
        `The config has an agent "${agentId}" as well, whose sessions these are. Delete the runtime agent without --purge.`,
      )
    const agent = composeConfig(base, kept, Date.now()).config.agents.list.find(
      (each) => each.id === agentId,
    )
    for (const registration of own) await book.remove(registration)
    const facts = {
      id: agentId,
      runtime: true,
      bindings: own.filter(({ kind }) => kind === 'binding').length,
      written: [],
      ...(agent && { workspace: agent.workspace, agentDir: agent.agentDir }),
    }
    if (!purge) return facts
    const rows = { ...(await store.removeAgent(agentId)) }
    const left = kept.filter((each) => !own.includes(each))
    const others = composeConfig(base, left, Date.now()).config.agents.list
    const { stateDir } = base
    const gone =
      agent && (await removeDirectories({ agent, others, stateDir, home: context.home, force }))
    return { ...facts, purged: { rows, ...(gone ?? { directories: [], kept: [] }) } }
  })
}

/** The agent that a registration is, or leads to. */
function agentOf(registration: Registration): string {
  if (registration.kind === 'agent') return registration.id
  const { agentId } = registration.binding
  return typeof agentId === 'string' ? agentId.toLowerCase() : ''
}
