import type { AgentCondition, AgentStatus, AttestedFact, ChannelStatus, Status } from '@junctor/api'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { callGateway } from '../control-client.ts'
import { table } from '../table.ts'
import { nodeRow } from './nodes.ts'

export function addStatusCommand(program: Command, context: CliContext): void {
  program
    .command('status')
    .description('what the running gateway is doing: channels, agents, waiting messages')
    .option('--json', 'print JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const status = (await callGateway(context, 'GET', '/api/v1/status')) as Status
      if (json) context.print(JSON.stringify(status, undefined, 2))
      else for (const line of describe(status, context.command)) context.print(line)
    })
}

function describe(status: Status, command: string): readonly string[] {
  const { setAside = [] } = status
  const { version, startedAt, config, channels, agents, refusals, unknownDeliveries } = status
  const { pairingRequests } = status
  return [
    `Junctor ${version}, running since ${new Date(startedAt).toISOString()}`,
    `Config ${config.path ?? '(none)'}, revision ${config.revision}`,
    ...(config.problem === undefined
      ? []
      : [`  the file was edited and is not in force: ${config.problem}`]),
    ...setAside.map((reason) => `  set aside: ${reason}`),
    '',
    'Channels',
    ...table(
      channels.map((account) => [
        `  ${account.channel}/${account.accountId}`,
        account.state,
        `${account.reason ?? ''}${loginHint(account, command)}`,
      ]),
    ),
    '',
    'Agents',
    ...table(
      agents.map(({ id, model, isDefault, sessions, pending, dead, today, ...condition }) => [
        `  ${id}${isDefault ? ' (default)' : ''}`,
        model,
        conditionText(condition),
        `${sessions} sessions`,
        `${pending} waiting`,
        `${dead} given up`,
        today === undefined ? '' : todayText(today),
      ]),
    ),
    '',
    ...sandboxLines(status),
    ...credentialLines(status),
    ...nodeLines(status),
    `${refusals} messages refused, ${unknownDeliveries} deliveries in doubt`,
    ...(pairingRequests === 0
      ? []
      : [
          `${pairingRequests} ${pairingRequests === 1 ? 'person asks' : 'people ask'} to be let in: see \`junctor pairing list\``,
        ]),
  ]
}

/** Where there is a code to scan; what a new token would have to be written into is part of the reason. */
function loginHint({ channel, accountId, qr }: ChannelStatus, command: string): string {
  if (qr === undefined) return ''
  return `; draw it with: ${command} channels login --channel ${channel} --account ${accountId}`
}

function todayText({ turns, tokens, usd }: NonNullable<AgentStatus['today']>): string {
  return `today ${turns} turns, ${tokens} tokens${usd === 0 ? '' : `, $${usd.toFixed(4)}`}`
}

function conditionText({ state, reason, until }: AgentCondition): string {
  const end = until === undefined ? '' : ` until ${new Date(until).toISOString()}`
  return `${state}${end}${reason === undefined ? '' : ` (${reason})`}`
}

function credentialLines({ credentials = [] }: Status): readonly string[] {
  if (credentials.length === 0) return []
  const rows = credentials.map(({ agent = '(shared)', profile, state, reason = state }) => [
    `  ${agent}`,
    profile,
    reason,
  ])
  return ['Credentials', ...table(rows), '']
}

function nodeLines({ nodes = [] }: Status): readonly string[] {
  if (nodes.length === 0) return []
  return ['Nodes', ...table(nodes.map(nodeRow)), '']
}

function sandboxLines({ sandboxes }: Status): readonly string[] {
  if (sandboxes === undefined) return []
  const { problem, tried, list } = sandboxes
  return [
    'Sandboxes',
    ...(problem === undefined ? [] : problem.split('\n').map((line) => `  ${line}`)),
    ...table(
      tried.map(({ agentId, attested }) => [`  ${agentId}`, `tried: ${checksText(attested)}`]),
    ),
    ...table(
      list.map(({ name, agentId, image, isRunning, attested }) => [
        `  ${name}`,
        agentId === '' ? '(shared)' : agentId,
        image,
        isRunning ? 'running' : 'stopped',
        attested.length === 0 ? 'not used since the start' : checksText(attested),
      ]),
    ),
    '',
  ]
}

function checksText(attested: readonly AttestedFact[]): string {
  return `${attested.filter(({ holds }) => holds).length} of ${attested.length} checks hold`
}
