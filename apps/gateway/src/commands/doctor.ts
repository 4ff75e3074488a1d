import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { examine } from '../doctor/examine.ts'
import { describeFinding } from '../doctor/finding.ts'
import { exitCodes } from '../exit-codes.ts'

export function addDoctorCommand(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('check the config and the world it meets; exits with 1 when something is wrong')
    .option('--json', 'print JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const examination = await examine(context)
      if (!examination.ok) context.exitCode = exitCodes.failed
      if (json) return context.print(JSON.stringify(examination, undefined, 2))
      for (const finding of examination.findings) context.print(describeFinding(finding))
    })
}
