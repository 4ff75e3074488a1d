import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setIdentity, type NewIdentity } from '@junctor/config'
import { parseIdentity } from '@junctor/runtime'
import type { Command } from 'commander'
import { editConfig } from '../agents/edit-config.ts'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { loadConfig } from '../load-config.ts'

interface IdentityOptions extends NewIdentity {
  readonly agent?: string
  readonly workspace?: string
  readonly fromIdentity?: boolean
  readonly identityFile?: string
  readonly json?: boolean
}

export function addAgentIdentityCommand(agents: Command, context: CliContext): void {
  agents
    .command('set-identity')
    .description('write down who an agent says it is')
    .option('--agent <id>', 'the agent')
    .option('--workspace <dir>', 'the agent that works in this directory')
    .option('--from-identity', 'read IDENTITY.md in its workspace')
    .option('--identity-file <path>', 'read this file')
    .option('--name <name>', 'what it calls itself')
    .option('--theme <words>', 'its manner')
    .option('--emoji <emoji>', 'a sign beside its name')
    .option('--avatar <picture>', 'an address, or a path in its workspace')
    .option('--non-interactive', 'asks nothing, as always')
    .option('--json', 'print JSON')
    .action(async ({ json = false, ...options }: IdentityOptions) => {
      const { config } = await loadConfig(context)
      const agent = config.agents.list.find(
        ({ id, workspace }) =>
          (options.agent === undefined || id === options.agent.toLowerCase()) &&
          (options.workspace === undefined || workspace === resolve(options.workspace)),
      )
      if (options.agent === undefined && options.workspace === undefined)
        throw new CliError('USAGE', 'Name the agent with --agent <id> or --workspace <dir>.')
      if (agent === undefined)
        throw new CliError('NOT_FOUND', `There is no agent ${wantedText(options)}.`)
      const identity = { ...(await readFrom(options, agent.workspace)), ...given(options) }
      if (Object.keys(identity).length === 0)
        throw new CliError('USAGE', 'Say what with --name, --theme, --emoji, --avatar or a file.')
      const { id } = agent
      const { written } = await editConfig(context, (source) => setIdentity(source, id, identity))
      if (json) return context.print(JSON.stringify({ id, identity, written }, undefined, 2))
      for (const [key, value] of Object.entries(identity))
        context.print(`  ${key.padEnd(9)}  ${value}`)
    })
}

async function readFrom(
  { fromIdentity = false, identityFile }: IdentityOptions,
  workspace: string,
): Promise<NewIdentity> {
  if (!fromIdentity && identityFile === undefined) return {}
  const path = identityFile ?? join(workspace, 'IDENTITY.md')
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CliError('NOT_FOUND', `The file ${path} cannot be read.`, { cause })
  })
  return parseIdentity(text)
}

function given({ name, theme, emoji, avatar }: IdentityOptions): NewIdentity {
  return {
    ...(name === undefined ? {} : { name }),
    ...(theme === undefined ? {} : { theme }),
    ...(emoji === undefined ? {} : { emoji }),
    ...(avatar === undefined ? {} : { avatar }),
  }
}

function wantedText({ agent, workspace }: IdentityOptions): string {
  const named = agent === undefined ? [] : [`"${agent}"`]
  const placed = workspace === undefined ? [] : [`with the workspace ${resolve(workspace)}`]
  return [...named, ...placed].join(' ')
}
