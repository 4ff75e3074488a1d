import {
  addAgent as add,
  type BoundAgent,
  type NewAgent as AgentEntry,
  type NewBinding,
} from '@junctor/config'
import { configPaths } from '@junctor/config/file'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { prepareAgent } from '../starter/prepare-agents.ts'
import { bindingText } from './binding-text.ts'
import { editConfig } from './edit-config.ts'

export interface NewAgent extends AgentEntry {
  readonly bindings: readonly NewBinding[]
}

/** What became of bindings, as `--json` prints it. */
export interface BindingOutcome {
  readonly added: readonly string[]
  readonly skipped: readonly string[]
  readonly conflicts: readonly { readonly binding: string; readonly agentId: string }[]
}

/** What `agents add` did, as `--json` prints it. */
export interface AddedAgent {
  readonly id: string
  readonly workspace: string
  readonly agentDir: string
  readonly configPath: string
  /** Where the config of before is; null when there was none. */
  readonly backupPath: string | null
  readonly bindings: BindingOutcome
}

/**
 * Writes an agent into the config file, keeping its comments, and makes its directories. The file is only replaced by one
 * that is valid; a running gateway takes the edit.
 */
export async function addAgent(
  context: CliContext,
  { bindings, ...entry }: NewAgent,
): Promise<AddedAgent> {
  const { config, written, ...bound } = await editConfig(context, (source) =>
    add(source, entry, bindings),
  )
  const agent = config.agents.list.find(({ id }) => id === entry.id.toLowerCase())
  if (agent === undefined)
    throw new CliError('CONFIG_INVALID', `The config has no agent "${entry.id}" after the edit.`)
  await prepareAgent(agent)
  const { id, workspace, agentDir } = agent
  const [first] = written
  return {
    id,
    workspace,
    agentDir,
    configPath: first?.path ?? configPaths(context).configPath,
    backupPath: first?.backupPath ?? null,
    bindings: outcomeOf(bound),
  }
}

export function outcomeOf({ added, skipped, conflicts }: BoundAgent): BindingOutcome {
  return {
    added: added.map(bindingText),
    skipped: skipped.map(bindingText),
    conflicts: conflicts.map((conflict) => ({
      binding: bindingText(conflict),
      agentId: conflict.agentId,
    })),
  }
}

export function outcomeLines({ added, skipped, conflicts }: BindingOutcome): readonly string[] {
  return [
    ...added.map((binding) => `  bound      ${binding}`),
    ...skipped.map((binding) => `  was bound  ${binding}`),
    ...conflicts.map(
      ({ binding, agentId }) => `  not bound  ${binding} leads to ${agentId} already`,
    ),
  ]
}
