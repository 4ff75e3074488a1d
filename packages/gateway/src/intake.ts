import type { Address, Capabilities, Envelope, Logger, MessageEnvelope } from '@junctor/channel'
import type { AgentStates, RouteFacts } from '@junctor/router'
import type { JsonValue, Store } from '@junctor/store'
import type { Commands } from './commands/commands.ts'
import { recogniseCommand } from './commands/recognise.ts'
import { admit, refusal, type Verdict } from './admission.ts'
import { amendedMessage, amendMailboxes, type Amendment } from './amendments.ts'
import { addressOf, referenceOf, toJson } from './envelopes.ts'
import { GatewayError } from './errors.ts'
import type { EventSink } from './events.ts'
import type { NewId } from './ids.ts'
import { overflowOf } from './overflow.ts'
import type { PairingApproval } from './pairing/approvals.ts'
import type { PairingDesk } from './pairing/pairing.ts'
import { createRefusals } from './refusals.ts'
import { roomOf } from './room-settings.ts'
import { whoIsAsked } from './rooms/asked.ts'
import { createBotTurns } from './rooms/bot-turns.ts'
import { asContext } from './rooms/context.ts'
import { createOwnSenders } from './rooms/own-senders.ts'
import { createSequences, type SequenceStep } from './rooms/sequences.ts'
import { factsAbout, factsToJson, parseFacts } from './route-facts.ts'
import { apart, chosenIn, narrow, routesOf, withoutForbiddenStandIn, type Route } from './routes.ts'
import type { Snapshot } from './snapshot.ts'

export interface IntakeOptions {
  readonly store: Store
  readonly snapshot: () => Snapshot
  /** Which agents are not plainly available now. */
  readonly agentStates: () => AgentStates
  readonly pairing: PairingDesk
  readonly commands: Commands
  readonly newId: NewId
  readonly now: () => number
  readonly log: Logger
  readonly events: EventSink
  /** A message waits in this lane. */
  readonly arrive: (agentId: string, sessionKey: string, from: Address) => void
  /** Something waits to be sent. */
  readonly deliver: (agentId: string, sessionKey: string) => void
}

/** One account as intake sees it. */
export interface IntakeAccount {
  readonly channel: string
  readonly accountId: string
  readonly capabilities: Capabilities
}

export type Receipt = 'accepted' | 'duplicate' | 'refused'

/** Admission, routing and the durable mailbox: everything between a platform event and its acknowledgement. */
export interface Intake {
  /** Resolves once the outcome is stored. Rejects when it could not be. */
  receive(account: IntakeAccount, envelope: Envelope): Promise<Receipt>
  /** A turn of this agent has ended: messages that agents answer one after the other may go on. */
  turnEnded(agentId: string): void
  /** Go on with what a missed event or a dead process left. */
  sweep(): Promise<void>
  idle(): Promise<void>
}

/** A message that was let in, on its way to its agents. */
interface Arrival {
  readonly envelope: MessageEnvelope
  readonly capabilities: Capabilities
  readonly facts: RouteFacts
  readonly snapshot: Snapshot
}

export function createIntake(options: IntakeOptions): Intake {
  const { store, pairing, commands, newId, now, log, events } = options
  const refuse = createRefusals(options)
  const botTurns = createBotTurns(store)
  const ownSenders = createOwnSenders(store)
  const sequences = createSequences({
    store,
    isAgent: (agentId) => options.snapshot().agents.has(agentId),
    async accept({ envelope, capabilities, facts }, step) {
      const known = parseFacts({ facts }, envelope)
      const snapshot = options.snapshot()
      return (await take({ envelope, capabilities, facts: known, snapshot }, step)) !== 'refused'
    },
    log,
  })

  const receiveMessage = async (
    account: IntakeAccount,
    envelope: MessageEnvelope,
  ): Promise<Receipt> => {
    const snapshot = options.snapshot()
    const { capabilities } = account
    const { verdict, approval } = await judge(snapshot, account, envelope)
    if (!verdict.admitted) {
      // A bot has nobody to give its code to.
      const isStranger = verdict.rule === 'pairing' && !envelope.sender.isBot
      return refuse(envelope, isStranger ? await pairing.ask(envelope) : verdict, snapshot)
    }
    if (!envelope.sender.isBot && envelope.peer.kind !== 'dm') await botTurns.personSpoke(envelope)
    const facts = factsAbout(envelope, now(), options.agentStates())
    const routes = routesOf(snapshot, capabilities, envelope, facts)
    if ('refused' in routes) return refuse(envelope, routes.refused, snapshot)

    const receipts: Receipt[] = []
    const open: Route[] = []
    for (const found of routes.routes) {
      const allowed = withoutForbiddenStandIn(snapshot, found, envelope)
      const route = apart(snapshot, allowed, approval, envelope)
      const narrowed = narrow(snapshot, route, envelope)
      if (narrowed === undefined) open.push(route)
      else receipts.push(await refuse(envelope, narrowed, snapshot))
    }
    const arrival = { envelope, capabilities, facts, snapshot }
    const steps: SequenceStep[] = []
    for (const { route, isAsked, reason } of await whoIsAsked({ ...arrival, store, routes: open }))
      if (isAsked) steps.push({ route, verdict: because(verdict, reason) })
      else receipts.push(await keep(arrival, route, refusal('requireMention', reason)))
    if (steps.length > 1 && snapshot.config.broadcast?.strategy === 'sequential') {
      await sequences.begin({ envelope, capabilities, facts: factsToJson(facts), steps })
      return 'accepted'
    }
    for (const step of steps) receipts.push(await take(arrival, step))
    return receipts.find((receipt) => receipt === 'accepted') ?? receipts.at(-1) ?? 'refused'
  }

  /** Accepts a message that the agent is to answer, unless bots have begun too many turns in a row. */
  const take = async (arrival: Arrival, step: SequenceStep): Promise<Receipt> => {
    const { envelope, snapshot } = arrival
    if (!envelope.sender.isBot) return accept(arrival, step)
    const { maxBotTurns } = roomOf(snapshot, envelope)
    if (!(await botTurns.take(envelope, maxBotTurns))) {
      const reason = `bots have begun ${maxBotTurns} turns in a row here, and no person has spoken since (maxBotTurns of the account or the room)`
      return keep(arrival, step.route, refusal('maxBotTurns', reason))
    }
    const receipt = await accept(arrival, step)
    if (receipt !== 'accepted') await botTurns.giveBack(envelope)
    return receipt
  }

  /** It is not for this agent to answer: in a room the agent is told of it when it is next asked. */
  const keep = async (
    { envelope, snapshot }: Arrival,
    route: Route,
    verdict: Verdict,
  ): Promise<Receipt> => {
    const { agentId, sessionKey } = chosenIn(route)
    const { historyLimit } = roomOf(snapshot, envelope)
    const limit = historyLimit ?? snapshot.agents.get(agentId)?.historyLimit ?? 0
    if (limit === 0 || envelope.peer.kind === 'dm') return refuse(envelope, verdict, snapshot)
    const kept = { id: newId('msg'), reference: referenceOf(envelope), sessionKey }
    const body = toJson(asContext(envelope))
    await store.agent(agentId).keep({ ...kept, body, trace: null }, { limit })
    const reason = `${verdict.reason}, and is kept for when it is next asked`
    return refuse(envelope, { ...verdict, reason }, snapshot)
  }

  const accept = async (
    { envelope, capabilities, facts, snapshot }: Arrival,
    { route, verdict }: SequenceStep,
  ): Promise<Receipt> => {
    const { agentId, sessionKey } = route
    const { channel, accountId } = envelope
    const id = newId('msg')
    const invocation = recogniseCommand(envelope, snapshot.config.commands)
    const message = {
      id,
      reference: referenceOf(envelope),
      sessionKey,
      body: toJson(envelope),
      trace: {
        revision: snapshot.revision,
        admission: { rule: verdict.rule, reason: verdict.reason },
        route: traceOf(route),
        facts: factsToJson(facts),
        ...(invocation === undefined ? {} : { command: toJson(invocation) }),
      },
    }
    const { queue } = snapshot.config.messages
    const told = { agentId, envelope, messageId: id, capabilities, newId, now }
    const overflow = overflowOf(queue, told)
    const receipt =
      invocation === undefined
        ? await store.agent(agentId).accept(message, overflow)
        : await commands.receive({ invocation, message, envelope, capabilities, route, overflow })
    if (receipt.status === 'duplicate') return 'duplicate'
    if (receipt.status === 'full') {
      const { reason } = overflow
      log.warn({ messageId: id, agentId, sessionKey }, `refused: ${reason}`)
      events.emit('message:refused', { messageId: id, channel, accountId, reason })
      options.deliver(agentId, sessionKey)
      return 'refused'
    }
    events.emit('message:accepted', { messageId: id, channel, accountId, agentId, sessionKey })
    if (receipt.status === 'accepted') options.arrive(agentId, sessionKey, addressOf(envelope))
    return 'accepted'
  }

  /** Changes a waiting message in place. One that an agent has already taken stays as it was answered. */
  const amend = async (account: IntakeAccount, envelope: Amendment): Promise<Receipt> => {
    const snapshot = options.snapshot()
    const { verdict } = await judge(snapshot, account, envelope)
    if (!verdict.admitted) return refuse(envelope, verdict, snapshot)
    const text = envelope.type === 'edited' ? envelope.text : undefined
    const isUnderWay = await sequences.amend(amendedMessage(envelope), text)
    const isWaiting = await amendMailboxes(store, snapshot.agents.keys(), envelope)
    if (isUnderWay || isWaiting) return 'accepted'
    const tooLate = refusal('timing', `it was ${envelope.type} after it was answered`)
    return refuse(envelope, tooLate, snapshot)
  }

  const judge = async (
    snapshot: Snapshot,
    account: IntakeAccount,
    envelope: Envelope,
  ): Promise<{ readonly verdict: Verdict; readonly approval?: PairingApproval | undefined }> => {
    const { channel, accountId } = account
    const policy = snapshot.admission(channel, accountId)
    if (policy === undefined) {
      const reason = `channels.${channel}.accounts.${accountId} is no longer configured`
      return { verdict: refusal('channels', reason) }
    }
    const tooLong = tooLongFor(snapshot, envelope)
    if (tooLong !== undefined) return { verdict: tooLong }
    const { agentChoice } = account.capabilities
    const isAsked = policy.dmPolicy === 'pairing' && envelope.peer.kind === 'dm'
    const approval = isAsked ? await pairing.approvalOf(envelope) : undefined
    const facts = {
      ...(agentChoice === undefined ? {} : { agentChoice }),
      isPaired: approval !== undefined,
    }
    return { verdict: admit(envelope, policy, facts), approval }
  }

  return {
    async receive(account, envelope) {
      if (envelope.channel !== account.channel || envelope.accountId !== account.accountId)
        throw new GatewayError(
          'INVALID_ENVELOPE',
          `Channel ${account.channel}, account ${account.accountId} handed over a message of ${envelope.channel}, account ${envelope.accountId}: a channel speaks for its own account only.`,
        )
      // The platform shows an account its own messages; nobody asked anything.
      if (envelope.sender.isSelf) {
        await ownSenders.note(envelope)
        return 'refused'
      }
      const event = await ownSenders.mark(envelope)
      switch (event.type) {
        case 'message':
          return receiveMessage(account, event)
        case 'edited':
        case 'deleted':
          return amend(account, event)
        case 'reaction':
          return 'refused'
      }
    },
    turnEnded: (agentId) => sequences.turnEnded(agentId),
    sweep: () => sequences.sweep(),
    idle: () => sequences.idle(),
  }
}

function because(verdict: Verdict, reason: string): Verdict {
  return reason === '' ? verdict : { ...verdict, reason: `${verdict.reason}, and ${reason}` }
}

/** Nothing of the answer but what `Route` names: a main session's key is no business of the message. */
function traceOf(route: Route): JsonValue {
  const { agentId, sessionKey, tier, binding, policy, insteadOf, unavailable } = route
  return toJson({ agentId, sessionKey, tier, binding, policy, insteadOf, unavailable })
}

function tooLongFor({ config }: Snapshot, envelope: Envelope): Verdict | undefined {
  if (envelope.type !== 'message' && envelope.type !== 'edited') return undefined
  const limit = config.gateway.maxMessageBytes
  const size = Buffer.byteLength(envelope.text)
  if (size <= limit) return undefined
  return refusal(
    'gateway.maxMessageBytes',
    `the message has ${size} bytes, more than the ${limit} that gateway.maxMessageBytes allows`,
  )
}
