import {
  agentStates,
  compileRouter,
  type AgentState,
  type RouteFacts,
  type RouteInput,
  type RoutePeer,
} from '@junctor/router'
import { expiredFor, routingOf } from '@junctor/gateway'
import { placeText } from '../agents/binding-text.ts'
import type { Config } from '@junctor/config'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { loadEffectiveConfig } from '../load-config.ts'

interface RouteTestOptions {
  readonly channel: string
  readonly account: string
  readonly peer: string
  readonly parent: readonly string[]
  readonly guild?: string
  readonly team?: string
  readonly role: readonly string[]
  readonly thread?: string
  readonly text?: string
  readonly sender?: string
  readonly time?: string
  readonly agentState: readonly string[]
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
    .alias('explain')
    .description('say which agent would get a message, and why no other; nothing is sent')
    .requiredOption('--channel <channel>', 'for example telegram')
    .option('--account <id>', 'the account that receives it', 'default')
    .requiredOption('--peer <kind:id>', 'dm:<id>, group:<id> or channel:<id>')
    .option('--parent <kind:id>', 'a room around the peer, nearest first; repeatable', collect, [])
    .option('--guild <id>', 'the guild (server) it comes from')
    .option('--team <id>', 'the team (workspace) it comes from')
    .option('--role <id>', 'a role of the sender; repeatable', collect, [])
    .option('--thread <id>', 'the thread or topic')
    .option('--text <text>', 'what it says, for policies that ask for it')
    .option('--sender <id>', 'who sends it (default: the peer of a direct message)')
    .option('--time <time>', 'when it comes, such as 2026-08-12T18:30 (default: now)')
    .option(
      '--agent-state <agent=state>',
      `an agent that is ${agentStates.slice(1).join(', ')}; repeatable (default: those that the config pauses)`,
      collect,
      [],
    )
    .option('--json', 'print JSON')
    .action(async (options: RouteTestOptions) => {
      const { config, registrations, reading } = await loadEffectiveConfig(context)
      const router = compileRouter(routingOf(config))
      const input = toInput(options)
      const facts = toFacts(options, input, config)
      const { candidates, policies, availability, ...answer } = router.explain(input, facts)
      const others = router.resolveAll(input, facts).slice(1)
      const placeOf = (index: number) => reading.originOf(['bindings', index])
      const expired = expiredFor(input.channel, registrations, Date.now())
      if (options.json === true) {
        const lapsed = expired.length === 0 ? {} : { expired }
        const broadcast = others.length === 0 ? {} : { broadcast: [answer, ...others] }
        return context.print(
          JSON.stringify(
            {
              ...answer,
              candidates: candidates.map((candidate) => ({
                ...candidate,
                place: placeOf(candidate.binding.index),
              })),
              policies,
              ...broadcast,
              ...lapsed,
            },
            undefined,
            2,
          ),
        )
      }
      for (const { agentId, tier, sessionKey } of [answer, ...others])
        context.print(`agent ${agentId}  (tier ${tier})\nsession ${sessionKey}`)
      if (candidates.length === 0) context.print(`No binding names the channel "${input.channel}".`)
      if (availability !== undefined) context.print(availability)
      for (const { outcome, message, binding } of candidates)
        context.print(`  ${signOf(outcome)} ${message}${placeText(placeOf(binding.index))}`)
      for (const { outcome, message } of policies) context.print(`  ${signOf(outcome)} ${message}`)
      for (const message of expired) context.print(`  · ${message}`)
    })
}

function signOf(outcome: string): string {
  return outcome === 'won' ? '✓' : '·'
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

function toFacts(options: RouteTestOptions, input: RouteInput, config: Config): RouteFacts {
  const { text, time, sender = isDirect(input.peer) ? input.peer.id : undefined } = options
  const at = time === undefined ? Date.now() : Date.parse(time)
  if (Number.isNaN(at))
    throw new CliError('USAGE', `--time "${time}" is no time; write one such as 2026-08-12T18:30.`)
  const paused = config.agents.list.filter((agent) => agent.paused)
  const states = options.agentState.map((given) => parseState(given, config))
  return {
    ...(text === undefined ? {} : { text }),
    ...(sender === undefined ? {} : { senderId: sender }),
    at,
    agentStates: new Map([...paused.map(({ id }) => [id, 'paused'] as const), ...states]),
  }
}

function parseState(given: string, { agents }: Config): readonly [string, AgentState] {
  const sign = given.lastIndexOf('=')
  const id = given.slice(0, Math.max(sign, 0))
  const state = agentStates.find((known) => known === given.slice(sign + 1))
  const known = agents.list.map((agent) => agent.id)
  if (!known.includes(id))
    throw new CliError('NOT_FOUND', `--agent-state "${given}": the agents are ${known.join(', ')}.`)
  if (state !== undefined) return [id, state]
  throw new CliError('USAGE', `--agent-state "${given}": a state is ${agentStates.join(', ')}.`)
}

function isDirect({ kind }: RoutePeer): boolean {
  return kind === 'dm' || kind === 'direct' || kind === 'private'
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
