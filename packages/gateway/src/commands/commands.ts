import type { Capabilities, Logger, MessageEnvelope } from '@junctor/channel'
import type { Acceptance, Answer, NewMessage, Overflow, Store, Work } from '@junctor/store'
import type { OpenConnection } from '../account.ts'
import { commandTurn } from '../command-turn.ts'
import { composeDeliveries } from '../delivery/compose.ts'
import { addressOf, parseCommand, parseEnvelope, parseRoute } from '../envelopes.ts'
import type { Explanation } from '../explanation.ts'
import type { NewId } from '../ids.ts'
import type { Route } from '../routes.ts'
import type { Snapshot } from '../snapshot.ts'
import type { TakeTurn } from '../turn.ts'
import type { ChatCommand, CommandContext, CommandReply, Decide } from './command.ts'
import { isListed, refusedFor } from './permission.ts'
import type { Invocation } from './recognise.ts'
import { commands } from './table.ts'

export interface CommandsOptions {
  readonly store: Store
  readonly snapshot: () => Snapshot
  readonly explain: (id: string) => Promise<readonly Explanation[]>
  readonly approvals: CommandContext['approvals']
  readonly connection: (channel: string, accountId: string) => OpenConnection | undefined
  readonly newId: NewId
  readonly now: () => number
  readonly log: Logger
  /** Committed answers wait to be sent. */
  readonly deliver: (agentId: string, sessionKey: string) => void
  readonly stopSubagents: (sessionKey: string) => Promise<number>
  /** What ran in this session has been ended in the store. */
  readonly stopped: (agentId: string, sessionKey: string) => void
}

/** A command on its way to its outcome. */
export interface Incoming {
  readonly invocation: Invocation
  readonly message: NewMessage
  readonly envelope: MessageEnvelope
  readonly capabilities: Capabilities
  readonly route: Route
  readonly overflow: Overflow
}

/** Carries out what people tell the gateway itself. No model sees it. */
export interface Commands {
  /** Stores the command with its outcome, or in its place among the messages of the session. */
  receive(incoming: Incoming): Promise<Acceptance<'answered' | 'accepted' | 'full'>>
  /** Carries out commands whose turn has come; gives everything else to `next`. */
  takeTurn(next: TakeTurn): TakeTurn
}

export function createCommands(options: CommandsOptions): Commands {
  const { store, newId, now, log } = options

  const contextOf = (
    { route, envelope, invocation }: Pick<Incoming, 'route' | 'envelope' | 'invocation'>,
    capabilities: Capabilities | undefined,
  ): CommandContext | undefined => {
    const snapshot = options.snapshot()
    const prepared = snapshot.agents.get(route.agentId)
    if (prepared === undefined) return undefined
    const mayChooseAgent = capabilities?.agentChoice === true
    return {
      argument: invocation.argument,
      envelope,
      route,
      snapshot,
      prepared,
      agent: store.agent(route.agentId),
      mayChooseAgent,
      isListed: isListed(snapshot, envelope, mayChooseAgent),
      approvals: options.approvals,
      explain: options.explain,
      stopSubagents: () => options.stopSubagents(route.sessionKey),
    }
  }

  const toAnswer = (
    { id, reference }: Pick<NewMessage, 'id' | 'reference'>,
    { name }: Invocation,
    agentId: string,
    capabilities: Capabilities | undefined,
    { text, session, stop, transcript = [] }: CommandReply,
    outcome: Answer['outcome'] = { state: 'done' },
  ): Answer => ({
    turn: commandTurn(newId('turn'), now(), { command: name }),
    transcript,
    deliveries: composeDeliveries({
      text,
      agentId,
      address: addressOf(reference),
      capabilities,
      newId,
      messageId: id,
      ...(reference.peer.kind === 'dm' ? {} : { replyTo: reference.nativeId }),
    }),
    outcome,
    ...(session === undefined ? {} : { session }),
    ...(stop === undefined ? {} : { stop }),
  })

  const receive: Commands['receive'] = async (incoming) => {
    const { invocation, message, envelope, capabilities, route, overflow } = incoming
    const { agentId, sessionKey } = route
    const agent = store.agent(agentId)
    const command = commandOf(invocation)
    const context = contextOf(incoming, capabilities)
    if (command === undefined || context === undefined) return agent.accept(message, overflow)

    const refused = refusedFor(command.access(invocation.argument), envelope, context.isListed)
    if (command.when === 'in turn' && refused === undefined)
      return agent.accept({ ...message, alone: true }, overflow)

    const decide: Decide =
      refused === undefined
        ? await decisionOf(command, context)
        : () => ({ text: `/${command.name} was not carried out: ${refused}.` })
    let isStopped = false
    const receipt = await agent.answer(message, (lane) => {
      const reply = decide(lane)
      isStopped = reply.stop !== undefined
      const outcome: Answer['outcome'] =
        refused === undefined ? { state: 'done' } : { state: 'dead', reason: refused }
      return toAnswer(message, invocation, agentId, capabilities, reply, outcome)
    })
    if (receipt.status === 'duplicate') return receipt
    if (isStopped) options.stopped(agentId, sessionKey)
    options.deliver(agentId, sessionKey)
    log.info({ messageId: receipt.id, agentId, sessionKey }, `command /${command.name}`)
    return receipt
  }

  const carryOut: TakeTurn = async (agent, { lease, messages: [first] }) => {
    const { agentId } = agent
    const invocation = first === undefined ? undefined : parseCommand(first.trace)
    const route = first === undefined ? undefined : parseRoute(first.trace)
    const command = invocation === undefined ? undefined : commandOf(invocation)
    if (!first || !invocation || !route || !command)
      throw new TypeError('A row of the mailbox does not hold a command.')
    const envelope = parseEnvelope(first.body)
    const target = options.connection(envelope.channel, envelope.accountId)
    const capabilities = target?.channel.capabilities
    const context = contextOf({ invocation, envelope, route }, capabilities)
    if (context === undefined) throw new TypeError(`There is no agent "${agentId}".`)
    const reply = (await decisionOf(command, context))({ messages: [], calls: [] })
    const answer = toAnswer(first, invocation, agentId, capabilities, reply)
    const { more } = await agent.commit(lease, answer)
    options.deliver(agentId, lease.sessionKey)
    return { more }
  }

  return {
    receive,
    takeTurn: (next) => (agent, work, hold) =>
      isCommand(work) ? carryOut(agent, work, hold) : next(agent, work, hold),
  }
}

async function decisionOf(command: ChatCommand, context: CommandContext): Promise<Decide> {
  const { name, argument } = command
  // Whoever wants to stop something is not asked to spell it.
  if (argument === undefined && context.argument !== '' && name !== 'stop')
    return () => ({ text: `/${name} takes nothing after it. It was not carried out.` })
  return command.prepare(context)
}

function commandOf({ name }: Invocation): ChatCommand | undefined {
  return commands.find((command) => command.name === name)
}

function isCommand({ messages: [first] }: Work): boolean {
  return first !== undefined && parseCommand(first.trace) !== undefined
}
