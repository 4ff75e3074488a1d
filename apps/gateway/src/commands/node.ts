import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { configPaths } from '@junctor/config/file'
import type { NodeEvent } from '@junctor/node'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { prepareStateDir } from '../state-files.ts'

interface NodeOptions {
  readonly gateway: string
  readonly name?: string
  readonly allow: readonly string[]
  readonly folder: string
  readonly insecure?: boolean
}

export function addNodeCommand(program: Command, context: CliContext): void {
  program
    .command('node')
    .description('let agents of a gateway elsewhere run permitted programs on this machine')
    .requiredOption('--gateway <url>', 'where the gateway is; the first time it is asked to pair')
    .option('--name <name>', 'what this machine is called (default: its host name)')
    .option(
      '--allow <program>',
      'a program that may run, by its name or its absolute path; may be repeated (default: none)',
      (each: string, others: readonly string[]) => [...others, each],
      [],
    )
    .option('--folder <path>', 'where programs run', '.')
    .option('--insecure', 'take http also to another host')
    .action(async ({ gateway, name = nameOfHost(), allow, folder, insecure }: NodeOptions) => {
      const { keepNodeToken, runNode, socketAddress } = await import('@junctor/node')
      const address = socketAddress(gateway, insecure === true ? { insecure } : {})
      const { stateDir } = configPaths(context)
      await prepareStateDir(stateDir)
      // One for each gateway: none can take this machine's place at another.
      const file = `${encodeURIComponent(`${name}@${address.host}`)}.token`
      const token = await keepNodeToken(join(stateDir, 'node', file))
      const stopping = new AbortController()
      const stop = (): void => stopping.abort()
      process.once('SIGINT', stop).once('SIGTERM', stop)
      try {
        await runNode({
          address,
          name,
          token,
          allow,
          folder: resolve(folder),
          signal: stopping.signal,
          report: (event) => context.print(lineOf(event, context.command)),
          env: context.env,
        })
      } finally {
        process.off('SIGINT', stop).off('SIGTERM', stop)
      }
    })
}

function nameOfHost(): string {
  const name = hostname().toLowerCase().split('.', 1)[0] ?? ''
  return (
    name
      .replaceAll(/[^a-z0-9_-]+/g, '-')
      .replace(/^[_-]+/, '')
      .slice(0, 32) || 'node'
  )
}

function lineOf(event: NodeEvent, command: string): string {
  if (event.type === 'pairing')
    return `Pairing code: ${event.code}\nOn the gateway: ${command} nodes approve ${event.code} (until ${new Date(event.expiresAt).toISOString()})`
  if (event.type === 'connected') return `Connected as ${event.name}. Stop with Ctrl+C.`
  if (event.type === 'disconnected') return `Not connected: ${event.reason}. Trying again.`
  // What was refused may be any text.
  return `${event.program}: ${event.outcome ?? 'begins'}`.replaceAll(/\p{Cc}+/gu, ' ')
}
