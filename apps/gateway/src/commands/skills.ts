import { listSkills } from '@junctor/gateway'
import { isSessionKey, parseSessionKey, sessionKey } from '@junctor/session-key'
import { describeReason, isBroken, type JudgedSkill, type Reason } from '@junctor/skills'
import type { Command } from 'commander'
import { findAgent } from '../agents/find-agent.ts'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { loadEffectiveConfig } from '../load-config.ts'
import { table } from '../table.ts'
import { createWorkbenches } from '../workbenches.ts'

interface ListOptions {
  readonly agent: string
  readonly session?: string
  readonly json?: boolean
}

/** As `--json` prints it. */
interface ListedSkill {
  readonly name: string
  readonly origin: 'workspace' | 'shared'
  readonly file: string
  readonly description?: string
  readonly usable: boolean
  readonly reasons: readonly (Reason & { readonly text: string })[]
}

export function addSkillsCommands(program: Command, context: CliContext): void {
  program
    .command('skills')
    .description('what agents have instructions for')
    .command('list', { isDefault: true })
    .description('the skills that an agent finds, and why it cannot use some')
    .requiredOption('--agent <id>', 'the agent')
    .option('--session <key>', 'the session (default: its main one)')
    .option('--json', 'print JSON')
    .action(async ({ agent: id, session, json = false }: ListOptions) => {
      const { config, stateDir } = await loadEffectiveConfig(context)
      const agentId = findAgent(config, id).id
      const { mainKey } = config.session
      const key = session ?? sessionKey({ kind: 'main', agentId, mainKey })
      if (!isSessionKey(key) || parseSessionKey(key).agentId !== agentId)
        throw new CliError('USAGE', `"${key}" is no session of agent ${agentId}.`)
      const workbenches = createWorkbenches(stateDir)
      const judged = await listSkills({ config, agentId, sessionKey: key, workbenches })
      const listed = judged.map(toListed)
      if (json) return context.print(JSON.stringify(listed, undefined, 2))
      if (listed.length === 0) return context.print(`Agent ${agentId} finds no skills.`)
      for (const line of skillLines(listed)) context.print(line)
    })
}

function toListed({ skill, reasons }: JudgedSkill): ListedSkill {
  const { name, origin, file } = skill
  return {
    name,
    origin,
    file,
    ...(isBroken(skill) ? {} : { description: skill.description }),
    usable: reasons.length === 0,
    reasons: reasons.map((reason) => ({ ...reason, text: describeReason(reason) })),
  }
}

function skillLines(listed: readonly ListedSkill[]): readonly string[] {
  const rows = table(
    listed.map(({ name, origin, usable, description = '' }) => [
      usable ? 'usable' : 'no',
      name,
      origin,
      usable ? description.slice(0, 100).toWellFormed() : '',
    ]),
  )
  return rows.flatMap((row, index) => [
    row,
    ...(listed[index]?.reasons ?? []).map(({ text }) => `        ${text}`),
  ])
}
