import { readAudit } from '@junctor/gateway'
import type { Command } from 'commander'
import { findAgent } from '../agents/find-agent.ts'
import type { CliContext } from '../context.ts'
import { loadEffectiveConfig } from '../load-config.ts'
import { withReadOnlyStore } from '../read-store.ts'
import { table } from '../table.ts'
import { wholeNumber } from '../whole-number.ts'

interface AuditOptions {
  readonly agent: string
  readonly limit: number
  readonly json?: boolean
}

export function addAuditCommand(program: Command, context: CliContext): void {
  program
    .command('audit')
    .description('what policy decided about an agent: calls denied, elevated, approved')
    .requiredOption('--agent <id>', 'the agent')
    .option('--limit <count>', 'how many of the newest', wholeNumber(1, 1_000), 100)
    .option('--json', 'print JSON')
    .action(async ({ agent, limit, json = false }: AuditOptions) => {
      const { config } = await loadEffectiveConfig(context)
      const { id } = findAgent(config, agent)
      const entries = await withReadOnlyStore(context, (store) => readAudit(store, id, { limit }))
      if (json) return context.print(JSON.stringify(entries, undefined, 2))
      if (entries.length === 0) return context.print(`Nothing was decided about agent ${id} yet.`)
      const rows = entries.map(({ at, decision, tool, sessionKey, rule }) => [
        new Date(at).toISOString(),
        decision,
        tool,
        sessionKey,
        rule,
      ])
      for (const line of table(rows)) context.print(line)
    })
}
