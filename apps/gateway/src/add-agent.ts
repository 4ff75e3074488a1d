import { readFile } from 'node:fs/promises'
import {
  addAgentToText,
  flavours,
  formatProblem,
  parseConfig,
  type BindingConflict,
  type NewAgent as AgentEntry,
  type NewBinding,
  type Problem,
} from '@junctor/config'
import { configPaths, writeFileAtomically } from '@junctor/config/file'
import type { CliContext } from './context.ts'
import { CliError } from './errors.ts'
import { prepareAgent } from './starter/prepare-agents.ts'

export interface NewAgent extends AgentEntry {
  readonly bindings: readonly NewBinding[]
}

/** What `agents add` did, as `--json` prints it. */
export interface AddedAgent {
  readonly id: string
  readonly workspace: string
  readonly agentDir: string
  readonly configPath: string
  /** Where the config of before is; null when there was none. */
  readonly backupPath: string | null
  readonly bindings: {
    readonly added: readonly string[]
    readonly skipped: readonly string[]
    readonly conflicts: readonly { readonly binding: string; readonly agentId: string }[]
  }
}

/** Reads `<channel>` or `<channel>:<account>`. Throws `USAGE`. */
export function parseBinding(text: string): NewBinding {
  const [channel = '', accountId, ...rest] = text.trim().split(':')
  if (channel === '' || accountId === '' || rest.length > 0)
    throw new CliError(
      'USAGE',
      `"${text}" is not <channel> or <channel>:<account>, as in telegram or telegram:support.`,
    )
  return accountId === undefined ? { channel } : { channel, accountId }
}

/**
 * Writes an agent into the config file, keeping its comments, and makes its directories. The file is only replaced by one
 * that is valid; a running gateway takes the edit.
 */
export async function addAgent(
  context: CliContext,
  { bindings, ...entry }: NewAgent,
): Promise<AddedAgent> {
  const { env, home, command } = context
  const { configPath, stateDir, flavour = 'junctor' } = configPaths(context)
  if (flavour !== 'junctor')
    throw new CliError(
      'CONFIG_INVALID',
      `${configPath} is ${flavours[flavour].title}'s file and is never written. \`${command} config migrate --write\` makes one of ours of it.`,
    )
  const before = await readFile(configPath, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
  const edited = addAgentToText(before, entry, bindings)
  if (!edited.ok) throw refused(configPath, edited.problems)
  // The edit touches no secret; whether each can be read is for the gateway to find out.
  const readSecretFile = (): string => 'not read here'
  const checked = parseConfig(edited.text, {
    file: configPath,
    env,
    home,
    stateDir,
    readSecretFile,
  })
  if (!checked.ok) throw refused(configPath, checked.problems)
  const { backupPath } = await writeFileAtomically(configPath, edited.text)
  const agent = checked.config.agents.list.find(({ id }) => id === entry.id.toLowerCase())
  if (agent === undefined) throw refused(configPath, checked.problems)
  await prepareAgent(agent)
  return {
    id: agent.id,
    workspace: agent.workspace,
    agentDir: agent.agentDir,
    configPath,
    backupPath: backupPath ?? null,
    bindings: {
      added: edited.added.map(bindingText),
      skipped: edited.skipped.map(bindingText),
      conflicts: edited.conflicts.map((conflict: BindingConflict) => ({
        binding: bindingText(conflict),
        agentId: conflict.agentId,
      })),
    },
  }
}

function bindingText({ channel, accountId }: NewBinding): string {
  return accountId === undefined ? channel : `${channel}:${accountId}`
}

function refused(path: string, problems: readonly Problem[]): CliError {
  const lines = problems.filter(({ severity }) => severity === 'error').map(formatProblem)
  return new CliError('CONFIG_INVALID', [`${path} was not changed:`, ...lines].join('\n'))
}
