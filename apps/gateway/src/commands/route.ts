import { compileRouter, type RouteInput, type RoutePeer } from '@junctor/router'
import { routingOf } from '@junctor/gateway'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { loadConfig } from '../load-config.ts'

interface RouteTestOptions {
  readonly channel: string
  readonly account: string
  readonly peer: string
  readonly parent: readonly string[]
  readonly guild?: string
  readonly team?: string
  readonly role: readonly string[]
  readonly thread?: string
  readonly json?: boolean
}

export function addRouteCommands(program: Command, context: CliContext): void {
  const collect = (value: string, before: readonly string[]): readonly string[] => [
    ...before,
    value,
  ]
  program
    .command('route')
    .description('see where messages go')
    .command('test')
    .description('say which agent would get a message, and why no other; nothing is sent')
    .requiredOption('--channel <channel>', 'for example telegram')
    .option('--account <id>', 'the account that receives it', 'default')
    .requiredOption('--peer <kind:id>', 'dm:<id>, group:<id> or channel:<id>')
    .option('--parent <kind:id>', 'a room around the peer, nearest first; repeatable', collect, [])
    .option('--guild <id>', 'the guild (server) it comes from')
    .option('--team <id>', 'the team (workspace) it comes from')
    .option('--role <id>', 'a role of the sender; repeatable', collect, [])
    .option('--thread <id>', 'the thread or topic')
    .option('--json', 'print JSON')
    .action(async (options: RouteTestOptions) => {
      const { config } = await loadConfig(context)
      const router = compileRouter(routingOf(config))
      const input = toInput(options)
      const { candidates, ...answer } = router.explain(input)
      const others = router.resolveAll(input).slice(1)
      if (options.json === true) {
        const broadcast = others.length === 0 ? {} : { broadcast: [answer, ...others] }
        return context.print(JSON.stringify({ ...answer, candidates, ...broadcast }, undefined, 2))
      }
      for (const { agentId, tier, sessionKey } of [answer, ...others])
        context.print(`agent ${agentId}  (tier ${tier})\nsession ${sessionKey}`)
      if (candidates.length === 0) context.print(`No binding names the channel "${input.channel}".`)
      for (const { outcome, message } of candidates)
        context.print(`  ${outcome === 'won' ? '✓' : '·'} ${message}`)
    })
}

function toInput(options: RouteTestOptions): RouteInput {
  const { channel, account, guild, team, role, thread, parent } = options
  return {
    channel,
    accountId: account,
    peer: parsePeer(options.peer, '--peer'),
    ...(parent.length === 0 ? {} : { parents: parent.map((text) => parsePeer(text, '--parent')) }),
    ...(guild === undefined ? {} : { guildId: guild }),
    ...(team === undefined ? {} : { teamId: team }),
    ...(role.length === 0 ? {} : { roles: role }),
    ...(thread === undefined ? {} : { threadId: thread }),
  }
}

const kinds = ['dm', 'direct', 'private', 'group', 'channel'] as const

function parsePeer(text: string, option: string): RoutePeer {
  const colon = text.indexOf(':')
  const kind = kinds.find((known) => known === text.slice(0, colon))
  const id = text.slice(colon + 1)
  if (kind !== undefined && id !== '') return { kind, id }
  throw new CliError(
    'USAGE',
    `${option} "${text}" is not <kind>:<id>; kinds are dm, group and channel, as in dm:123456.`,
  )
}
