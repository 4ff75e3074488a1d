import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { callGateway } from '../control-client.ts'

export function addLoginCommand(program: Command, context: CliContext): void {
  program
    .command('login')
    .description('print a link that logs one browser in to the running gateway, once')
    .action(async () => {
      const { url } = (await callGateway(context, 'POST', '/api/v1/login-links')) as { url: string }
      context.print(url)
    })
}
