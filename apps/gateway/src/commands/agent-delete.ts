import type { Command } from 'commander'
import { deleteAgent, type DeletedAgent } from '../agents/delete-agent.ts'
import type { CliContext } from '../context.ts'

interface DeleteCommandOptions {
  readonly force?: boolean
  readonly runtime?: boolean
  readonly purge?: boolean
  readonly nonInteractive?: boolean
  readonly json?: boolean
}

export function addAgentDeleteCommand(agents: Command, context: CliContext): void {
  agents
    .command('delete')
    .description('take an agent and its bindings away; what it has stored stays, unless purged')
    .argument('<id>', 'an agent of the config, or a runtime agent')
    .option('--purge', 'remove sessions, mailbox, transcripts, outbox, workspace and agentDir too')
    .option('--runtime', 'the runtime agent, although the config has one of the same id')
    .option('--force', 'ask nothing, and purge directories outside the state directory as well')
    .option('--non-interactive', 'ask nothing')
    .option('--json', 'print JSON; asks nothing')
    .action(async (id: string, options: DeleteCommandOptions) => {
      const { force = false, purge = false, runtime = false } = options
      const { nonInteractive = false, json = false } = options
      const asks = context.isTerminal && !force && !nonInteractive && !json
      if (asks && !(await isSure(id, purge))) return context.print('Nothing was changed.')
      const deleted = await deleteAgent(context, id, { purge, force, runtime })
      if (json) context.print(JSON.stringify(deleted, undefined, 2))
      else for (const line of deletedLines(deleted)) context.print(line)
    })
}

async function isSure(id: string, purge: boolean): Promise<boolean> {
  const { confirm } = await import('@clack/prompts')
  const what = purge ? ' and everything that it has stored' : ''
  const answer = await confirm({ message: `Delete agent ${id}${what}?`, initialValue: false })
  return answer === true
}

function deletedLines(deleted: DeletedAgent): readonly string[] {
  const { id, runtime, bindings, accounts = [], defaultAgent, purged } = deleted
  const { workspace, agentDir, unreached = [] } = deleted
  const left =
    purged === undefined ? [workspace, agentDir].filter((path) => path !== undefined) : []
  return [
    `Deleted ${runtime ? 'runtime ' : ''}agent ${id} and ${count(bindings, 'binding')} that led to it.`,
    ...(defaultAgent === undefined
      ? []
      : [`  what no binding catches goes to ${defaultAgent} now`]),
    ...accounts.map((account) => `  gone with it  account ${account}`),
    ...unreached.map(
      ({ agentId, binding }) => `  nothing reaches ${binding}, which leads to ${agentId}, any more`,
    ),
    ...left.map((path) => `  still there  ${path}`),
    ...(purged === undefined ? [`  still there  its sessions (--purge removes everything)`] : []),
    ...Object.entries(purged?.rows ?? {})
      .filter(([, rows]) => rows > 0)
      .map(([table, rows]) => `  removed      ${rows} ${table}`),
    ...(purged?.directories ?? []).map(
      ({ path, files }) => `  removed      ${path} with ${count(files, 'file')}`,
    ),
    ...(purged?.kept ?? []).map(({ path, reason }) => `  kept         ${path}: ${reason}`),
  ]
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
