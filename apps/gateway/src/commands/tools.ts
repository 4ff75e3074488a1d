import { hasCode } from '@junctor/errors'
import { explainTools, type ExplainedTools } from '@junctor/gateway'
import { isSessionKey } from '@junctor/session-key'
import { knownTools } from '@junctor/tool-policy'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { callGateway } from '../control-client.ts'
import { CliError } from '../errors.ts'
import { loadEffectiveConfig } from '../load-config.ts'
import { table } from '../table.ts'

interface ExplainOptions {
  readonly agent: string
  readonly session?: string
  readonly model?: string
  readonly json?: boolean
}

export function addToolsCommands(program: Command, context: CliContext): void {
  program
    .command('tools')
    .description('what agents may do')
    .command('explain', { isDefault: true })
    .description('each tool of an agent: allowed or not, and by which rule')
    .requiredOption('--agent <id>', 'the agent')
    .option('--session <key>', 'the session (default: its main one)')
    .option('--model <model>', 'the model that is asked (default: its own)')
    .option('--json', 'print JSON')
    .action(async ({ json = false, ...options }: ExplainOptions) => {
      if (options.session !== undefined && !isSessionKey(options.session))
        throw new CliError('USAGE', `"${options.session}" is no session key.`)
      const explained = await askRunning(context, options)
      if (json) return context.print(JSON.stringify(explained, undefined, 2))
      for (const line of explainedLines(explained)) context.print(line)
    })
}

/** The running gateway knows every tool; without one the config answers for those that Junctor has. */
async function askRunning(
  context: CliContext,
  { agent, session, model }: ExplainOptions,
): Promise<ExplainedTools> {
  const query = new URLSearchParams({
    ...(session === undefined ? {} : { session }),
    ...(model === undefined ? {} : { model }),
  })
  const path = `/api/v1/agents/${encodeURIComponent(agent)}/tools?${query.toString()}`
  try {
    return (await callGateway(context, 'GET', path)) as ExplainedTools
  } catch (error) {
    if (!hasCode(error, 'NOT_RUNNING')) throw error
  }
  const { config } = await loadEffectiveConfig(context)
  const question = {
    agentId: agent,
    ...(session === undefined ? {} : { sessionKey: session }),
    ...(model === undefined ? {} : { model }),
  }
  try {
    return explainTools(config, question, knownTools)
  } catch (error) {
    if (!hasCode(error, 'UNKNOWN_AGENT')) throw error
    throw new CliError('NOT_FOUND', error.message, { cause: error })
  }
}

function explainedLines(explained: ExplainedTools): readonly string[] {
  const { agentId, sessionKey, model, sandboxed, elevated, tools } = explained
  const where = sandboxed ? 'in a sandbox' : 'on this machine'
  const leaving = elevated.allowed ? 'may leave it' : `may not leave it: ${elevated.reason ?? ''}`
  return [
    `The tools of ${agentId} in ${sessionKey}, asking ${model}, ${where}:`,
    ...table(
      tools.map(({ name, allowed, layer = '', rule = '', limits, approval }) => [
        `  ${name}`,
        allowed ? 'allowed' : 'denied',
        [layer, rule].filter((part) => part !== '').join(': '),
        [...limits, ...(approval === undefined ? [] : [`needs approval (${approval})`])].join('; '),
      ]),
    ),
    ...(sandboxed ? [`Commands ${leaving}.`] : []),
  ]
}
