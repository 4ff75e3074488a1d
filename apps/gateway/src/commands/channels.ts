import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { newChannel } from '../new-channel.ts'
import { addChannelsLoginCommand } from './channels-login.ts'

export function addChannelsCommands(program: Command, context: CliContext): void {
  const channels = program
    .command('channels')
    .description('link accounts, and write a channel of your own')

  addChannelsLoginCommand(channels, context)

  channels
    .command('new')
    .description('make a package for a channel of your own, with tests that fail until it works')
    .argument('<name>', 'of the platform: a-z, 0-9 and "-"')
    .option('--dir <folder>', 'where to (default: ./junctor-channel-<name>)')
    .option('--json', 'print JSON')
    .action(async (name: string, { dir, json = false }: { dir?: string; json?: boolean }) => {
      const { version } = context
      const made = await newChannel(name, {
        version,
        ...(dir === undefined ? {} : { folder: dir }),
      })
      if (json) return context.print(JSON.stringify(made, undefined, 2))
      context.print(`Made ${made.folder}:`)
      for (const file of made.files) context.print(`  ${file}`)
      context.print(
        made.isLinked
          ? 'It is linked to this checkout. Next: npm test, with Node 24; README.md says how it goes on.'
          : 'Next: npm install, then npm test; README.md says how it goes on.',
      )
    })
}
