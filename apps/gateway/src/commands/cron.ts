import type { CronJobStatus, WantedCronJob } from '@junctor/api'
import type { Command } from 'commander'
import { parseBinding } from '../agents/binding-text.ts'
import { parseDuration } from '../agents/runtime-agents.ts'
import { callGateway } from '../control-client.ts'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { table } from '../table.ts'

interface AgentOptions {
  readonly agent: string
  readonly json?: boolean
}

interface AddOptions extends AgentOptions {
  readonly at?: string
  readonly every?: string
  readonly cron?: string
  readonly timeZone?: string
  readonly message: string
  readonly name?: string
  readonly session?: 'main' | 'isolated'
  readonly to?: string
}

/** The jobs of agents, through the running gateway: it is the one that runs them. */
export function addCronCommands(program: Command, context: CliContext): void {
  const cron = program.command('cron').description('messages that agents get at their time')
  const of = (command: Command): Command =>
    command.requiredOption('--agent <id>', 'the agent').option('--json', 'print JSON')
  const print = (json: boolean | undefined, value: object, lines: readonly string[]): void => {
    if (json === true) context.print(JSON.stringify(value, undefined, 2))
    else for (const line of lines) context.print(line)
  }

  of(cron.command('list', { isDefault: true }))
    .description('the jobs of an agent')
    .action(async ({ agent, json }: AgentOptions) => {
      const { jobs } = (await callGateway(context, 'GET', pathOf(agent))) as {
        readonly jobs: readonly CronJobStatus[]
      }
      print(json, jobs, jobs.length === 0 ? [`Agent ${agent} has no cron jobs.`] : jobLines(jobs))
    })

  of(cron.command('add'))
    .description('make one')
    .requiredOption('--message <text>', 'what the agent is told')
    .option('--at <time>', 'once, as in 2026-12-24T18:00')
    .option('--every <time>', 'every 90s, 30m, 2h or 7d')
    .option('--cron <fields>', 'by the clock, as in "0 9 * * 1"')
    .option(
      '--time-zone <zone>',
      "of --at and --cron, as in Europe/Berlin (default: the gateway's)",
    )
    .option('--name <name>', 'what it is called')
    .option('--session <main|isolated>', 'where the agent is told (default: isolated)')
    .option('--to <channel:account:kind:id>', 'where the answer goes (default: to nobody)')
    .action(async ({ agent, json, ...options }: AddOptions) => {
      const { job } = await ask(context, 'POST', pathOf(agent), wantedOf(options))
      print(json, job, [`Made ${job.id}: ${job.schedule}.`])
    })

  of(cron.command('remove').argument('<job>', 'its id'))
    .description('remove one')
    .action(async (id: string, { agent, json }: AgentOptions) => {
      const removed = await callGateway(context, 'DELETE', pathOf(agent, id))
      print(json, removed as object, [`Removed ${id}.`])
    })

  of(cron.command('run').argument('<job>', 'its id'))
    .description('run one, once and at once')
    .action(async (id: string, { agent, json }: AgentOptions) => {
      const { job } = await ask(context, 'POST', `${pathOf(agent, id)}/run`, {})
      const messageId = job.runs[0]?.messageId ?? ''
      print(json, job, [`${job.name} runs; see \`junctor why ${messageId}\`.`])
    })
}

async function ask(
  context: CliContext,
  method: 'POST',
  path: string,
  body: object,
): Promise<{ readonly job: CronJobStatus }> {
  return (await callGateway(context, method, path, body)) as { readonly job: CronJobStatus }
}

function pathOf(agent: string, ...more: readonly string[]): string {
  return ['/api/v1/agents', agent, 'cron', ...more]
    .map((part, index) => (index === 0 ? part : encodeURIComponent(part)))
    .join('/')
}

function wantedOf(options: Omit<AddOptions, 'agent' | 'json'>): WantedCronJob {
  const { at, every, cron, timeZone, message, name, session, to } = options
  return {
    schedule: {
      ...(at === undefined ? {} : { at }),
      ...(every === undefined ? {} : { everyMs: parseDuration(every) }),
      ...(cron === undefined ? {} : { cron }),
      ...(timeZone === undefined ? {} : { timeZone }),
    },
    message,
    ...(name === undefined ? {} : { name }),
    ...(session === undefined ? {} : { session }),
    ...(to === undefined ? {} : { deliverTo: addressFrom(to) }),
  }
}

function addressFrom(text: string): NonNullable<WantedCronJob['deliverTo']> {
  const { channel, accountId = '*', peer } = parseBinding(text)
  if (peer !== undefined && accountId !== '*') return { channel, accountId, peer }
  throw new CliError('USAGE', `"${text}" is not <channel>:<account>:<dm|group|channel>:<id>.`)
}

function jobLines(jobs: readonly CronJobStatus[]): readonly string[] {
  return table(
    jobs.map(({ id, name, schedule, nextAt, enabled, runs }) => [
      id,
      name,
      schedule,
      enabled && nextAt !== undefined ? `next ${new Date(nextAt).toISOString()}` : 'not again',
      runs[0] === undefined ? '' : `last ${runs[0].status}`,
    ]),
  )
}
