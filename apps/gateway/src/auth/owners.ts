import { join } from 'node:path'
import type { AgentConfig, Config } from '@junctor/config'
import { createProfilePool, type ProfilePool } from '@junctor/credentials'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'

export interface OwnerOptions {
  readonly agent?: string
  readonly shared?: boolean
}

/** Whose credentials are meant: an agent's, or those of the installation. */
export interface Owner {
  /** Absent: the installation. */
  readonly agent?: AgentConfig
  /** For sentences. */
  readonly name: string
  readonly path: string
  readonly pool: ProfilePool
}

/** Throws `USAGE` unless exactly one is named, and `NOT_FOUND` for an agent that there is not. */
export function ownerOf(
  config: Config,
  { agent: id, shared = false }: OwnerOptions,
  context: CliContext,
): Owner {
  if ((id === undefined) === !shared)
    throw new CliError(
      'USAGE',
      'Say whose credentials: --agent <id>, or --shared for those of the installation.',
    )
  if (id === undefined) return sharedOwner(config, context)
  const agent = config.agents.list.find((each) => each.id === id.toLowerCase())
  if (agent !== undefined) return agentOwner(agent, context)
  const known = config.agents.list.map((each) => each.id).join(', ')
  throw new CliError('NOT_FOUND', `There is no agent "${id}" (agents.list has ${known}).`)
}

export function agentOwner(agent: AgentConfig, context: CliContext): Owner {
  return { agent, name: `agent ${agent.id}`, ...placesIn(agent.agentDir, context) }
}

export function sharedOwner({ stateDir }: Config, context: CliContext): Owner {
  return { name: 'the installation', ...placesIn(stateDir, context) }
}

function placesIn(folder: string, context: CliContext): Pick<Owner, 'path' | 'pool'> {
  const warn = context.error
  const pool = createProfilePool({ folder, env: context.env, warn, isReader: true })
  return { path: join(folder, 'auth-profiles.json'), pool }
}
