import type { Config } from '@junctor/config'
import { CliError } from '../errors.ts'

/** An agent of the config. Throws `NOT_FOUND`. */
export function findAgent(config: Config, id: string): Config['agents']['list'][number] {
  const found = config.agents.list.find((agent) => agent.id === id.toLowerCase())
  if (found !== undefined) return found
  const known = config.agents.list.map((agent) => agent.id).join(', ')
  throw new CliError('NOT_FOUND', `There is no agent "${id}" (agents.list has ${known}).`)
}
