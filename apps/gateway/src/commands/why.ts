import { explainMessage, readRules, type Explanation } from '@junctor/gateway'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { withReadOnlyStore } from '../read-store.ts'

export function addWhyCommand(program: Command, context: CliContext): void {
  program
    .command('why')
    .description(
      'tell the whole story of a message: admitted or not, which agent and why, what was sent',
    )
    .argument('<message-id>', "the gateway's id (msg_…), the platform's, or an answer's")
    .option('--json', 'print JSON')
    .action(async (id: string, { json = false }: { json?: boolean }) => {
      const explanations = await withReadOnlyStore(context, (store) =>
        explainMessage({ store, rulesOf: (revision) => readRules(store, revision) }, id),
      )
      if (explanations.length === 0)
        throw new CliError('NOT_FOUND', `No message, answer or refusal has the id "${id}".`)
      if (json) context.print(JSON.stringify(explanations, undefined, 2))
      else for (const explanation of explanations) printExplanation(context, explanation)
    })
}

function printExplanation(context: CliContext, { id, outcome, summary, steps }: Explanation): void {
  context.print(`${id}  ${outcome}`)
  context.print(`  ${summary}`)
  for (const { at, step, text } of steps)
    context.print(`  ${new Date(at).toISOString()}  ${step.padEnd(9)}  ${text}`)
  context.print('')
}
