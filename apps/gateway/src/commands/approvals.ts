import type { ApprovalStatus } from '@junctor/api'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { callGateway } from '../control-client.ts'

interface ListOptions {
  readonly all?: boolean
  readonly json?: boolean
}

export function addApprovalsCommands(program: Command, context: CliContext): void {
  const approvals = program
    .command('approvals')
    .description('tool calls that wait for a person to let them run')

  approvals
    .command('list', { isDefault: true })
    .description('what waits, with everything that would run')
    .option('--all', 'what was answered within a day as well')
    .option('--json', 'print JSON')
    .action(async ({ all = false, json = false }: ListOptions) => {
      const answer = (await callGateway(context, 'GET', '/api/v1/approvals')) as {
        readonly approvals: readonly ApprovalStatus[]
      }
      const listed = answer.approvals.filter(({ state }) => all || state === 'pending')
      if (json) return context.print(JSON.stringify(listed, undefined, 2))
      if (listed.length === 0) return context.print('Nothing waits to be approved.')
      for (const approval of listed) for (const line of linesOf(approval)) context.print(line)
    })

  approvals
    .command('approve')
    .description('let a call run, once; the channel "api" must be in tools.approvers')
    .argument('<id>', 'of the approval')
    .option('--json', 'print JSON')
    .action((id: string, options: { json?: boolean }) => answer(id, 'approve', {}, options))

  approvals
    .command('deny')
    .description('refuse a call')
    .argument('<id>', 'of the approval')
    .option('--reason <text>', 'why, for the agent')
    .option('--json', 'print JSON')
    .action((id: string, { reason, json = false }: { reason?: string; json?: boolean }) =>
      answer(id, 'deny', reason === undefined ? {} : { reason }, { json }),
    )

  const answer = async (
    id: string,
    verb: 'approve' | 'deny',
    body: object,
    { json = false }: { readonly json?: boolean },
  ): Promise<void> => {
    const path = `/api/v1/approvals/${encodeURIComponent(id)}/${verb}`
    const { approval } = (await callGateway(context, 'POST', path, body)) as {
      readonly approval: ApprovalStatus
    }
    const { tool, agentId, state } = approval
    context.print(
      json
        ? JSON.stringify(approval, undefined, 2)
        : `The call of ${tool} by agent ${agentId} is ${state}.`,
    )
  }
}

function linesOf(approval: ApprovalStatus): readonly string[] {
  const { id, agentId, sessionKey, tool, elevated, state, expiresAt, input, answeredBy } = approval
  const who = answeredBy === undefined ? '' : ` by ${answeredBy.senderId} on ${answeredBy.channel}`
  const until = state === 'pending' ? `, until ${new Date(expiresAt).toISOString()}` : ''
  return [
    `${id}  ${state}${who}${until}`,
    `  agent ${agentId}, session ${sessionKey}`,
    `  ${tool}${elevated ? ' outside of the sandbox' : ''} ${JSON.stringify(input)}`,
  ]
}
