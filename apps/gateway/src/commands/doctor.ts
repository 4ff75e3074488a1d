import { compileRouter } from '@junctor/router'
import { routingOf } from '@junctor/gateway'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { examineWorld, type Finding } from '../doctor.ts'
import { exitCodes } from '../exit-codes.ts'
import { loadConfig } from '../load-config.ts'

const signs = { ok: '✓', warning: '!', error: '✗' } as const

export function addDoctorCommand(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('check the config and the world it meets: directories, tokens, models, bindings')
    .option('--json', 'print JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const loaded = await loadConfig(context, { warn: context.error })
      const shadowed = compileRouter(routingOf(loaded.config))
        .lint()
        .map(({ message }): Finding => ({ level: 'warning', subject: 'bindings', message }))
      const findings = [...(await examineWorld(loaded, context)), ...shadowed]
      if (findings.some(({ level }) => level === 'error')) context.exitCode = exitCodes.failed
      if (json) return context.print(JSON.stringify(findings, undefined, 2))
      for (const { level, subject, message } of findings)
        context.print(`${signs[level]} ${subject}: ${message}`)
    })
}
