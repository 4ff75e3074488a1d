import { Option, type Command } from 'commander'
import type { CliContext } from '../context.ts'
import { wholeNumber } from '../whole-number.ts'

interface StartOptions {
  readonly port?: number
  readonly logLevel?: string
}

export function addStartCommand(program: Command, context: CliContext): void {
  program
    .command('start')
    .description('run the gateway until it is interrupted')
    .option(
      '--port <port>',
      'listen here instead of gateway.port; 0 picks a free one',
      wholeNumber(0, 65_535),
    )
    .addOption(
      new Option('--log-level <level>', 'how much to log')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .action(async (options: StartOptions) => {
      // Only this command needs the whole gateway.
      const { runGateway } = await import('../run-gateway.ts')
      await runGateway(context, options)
    })
}
