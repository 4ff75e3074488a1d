import type { Address, Capabilities, Envelope, Logger, MessageEnvelope } from '@junctor/channel'
import type { AgentStates, RouteFacts } from '@junctor/router'
import type { AgentStore, JsonValue, MessageReference, Store } from '@junctor/store'
import type { Commands } from './commands/commands.ts'
import { recogniseCommand } from './commands/recognise.ts'
import { admit, refusal, type Verdict } from './admission.ts'
import { addressOf, parseEnvelope, referenceOf, toJson, withoutText } from './envelopes.ts'
import { GatewayError } from './errors.ts'
import type { EventSink } from './events.ts'
import type { NewId } from './ids.ts'
import { overflowOf } from './overflow.ts'
import type { PairingApproval } from './pairing/approvals.ts'
import type { PairingDesk } from './pairing/pairing.ts'
import { roomOf } from './room-settings.ts'
import { whoIsAsked } from './rooms/asked.ts'
import { asContext } from './rooms/context.ts'
import { factsAbout, factsToJson } from './route-facts.ts'
import { apart, chosenIn, narrow, routesOf, withoutForbiddenStandIn, type Route } from './routes.ts'
import type { Snapshot } from './snapshot.ts'

export interface IntakeOptions {
  readonly store: Store
  readonly snapshot: () => Snapshot
  readonly pairing: PairingDesk
  readonly commands: Commands
  /** Which agents are not plainly available now. */
  readonly agentStates: () => AgentStates
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
}

/** One noisy chat pushes out its own refusals before those of others. */
const REFUSALS_KEPT = { keep: 10_000, keepPerPeer: 200 }

export function createIntake(options: IntakeOptions): Intake {
  const { store, pairing, commands, newId, now, log, events } = options

  const receiveMessage = async (
    account: IntakeAccount,
    envelope: MessageEnvelope,
  ): Promise<Receipt> => {
    const snapshot = options.snapshot()
    const { verdict, approval } = await judge(snapshot, account, envelope)
    if (!verdict.admitted) {
      const isStranger = verdict.rule === 'pairing'
      return refuse(envelope, isStranger ? await pairing.ask(envelope) : verdict, snapshot)
    }
    const facts = factsAbout(envelope, now(), options.agentStates())
    const routes = routesOf(snapshot, account.capabilities, envelope, facts)
    if ('refused' in routes) return refuse(envelope, routes.refused, snapshot)

    const receipts = new Set<Receipt>()
    const open: Route[] = []
    for (const found of routes.routes) {
      const allowed = withoutForbiddenStandIn(snapshot, found, envelope)
      const route = apart(snapshot, allowed, approval, envelope)
      const narrowed = narrow(snapshot, route, envelope)
      if (narrowed === undefined) open.push(route)
      else receipts.add(await refuse(envelope, narrowed, snapshot))
    }
    const asked = await whoIsAsked({ store, snapshot, envelope, routes: open })
    for (const { route, isAsked, reason } of asked)
      receipts.add(
        isAsked
          ? await accept(account, envelope, because(verdict, reason), { route, facts }, snapshot)
          : await keep(envelope, reason, route, snapshot),
      )
    return receipts.has('accepted')
      ? 'accepted'
      : receipts.has('duplicate')
        ? 'duplicate'
        : 'refused'
  }

  /** It is not for this agent to answer: the agent is told of it when it is next asked. */
  const keep = async (
    envelope: MessageEnvelope,
    reason: string,
    route: Route,
    snapshot: Snapshot,
  ): Promise<Receipt> => {
    const { agentId, sessionKey } = chosenIn(route)
    const { historyLimit } = roomOf(snapshot, envelope)
    const limit = historyLimit ?? snapshot.agents.get(agentId)?.historyLimit ?? 0
    if (limit === 0) return refuse(envelope, refusal('requireMention', reason), snapshot)
    const kept = { id: newId('msg'), reference: referenceOf(envelope), sessionKey }
    const body = toJson(asContext(envelope))
    await store.agent(agentId).keep({ ...kept, body, trace: null }, { limit })
    const use = `${reason}, and is kept for when it is next asked`
    return refuse(envelope, refusal('requireMention', use), snapshot)
  }

  const accept = async (
    account: IntakeAccount,
    envelope: MessageEnvelope,
    verdict: Verdict,
    { route, facts }: { readonly route: Route; readonly facts: RouteFacts },
    snapshot: Snapshot,
  ): Promise<Receipt> => {
    const { agentId, sessionKey } = route
    const { channel, accountId } = envelope
    const { capabilities } = account
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
        : await commands.receive({
            invocation,
            message,
            envelope,
            capabilities,
            route,
            overflow,
          })
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

  const refuse = async (
    envelope: Envelope,
    { rule, reason }: Verdict,
    snapshot: Snapshot,
  ): Promise<Receipt> => {
    const id = newId('ref')
    const { channel, accountId, nativeId } = envelope
    const refused = {
      id,
      reference: referenceOf(envelope),
      at: now(),
      reason,
      trace: { revision: snapshot.revision, rule, envelope: withoutText(envelope) },
    }
    const outcome = await store.gateway.refuse(refused, REFUSALS_KEPT)
    if (outcome === 'recorded') {
      const facts = { messageId: id, channel, accountId, nativeId, rule }
      // What people say among themselves in a room is no news.
      if (rule === 'requireMention') log.debug(facts, `not answered: ${reason}`)
      else log.info(facts, `refused: ${reason}`)
      events.emit('message:refused', { messageId: id, channel, accountId, reason })
    }
    return 'refused'
  }

  /** Changes a waiting message in place. One that an agent has already taken stays as it was answered. */
  const amend = async (
    account: IntakeAccount,
    envelope: Extract<Envelope, { type: 'edited' | 'deleted' }>,
  ): Promise<Receipt> => {
    const snapshot = options.snapshot()
    const { verdict } = await judge(snapshot, account, envelope)
    if (!verdict.admitted) return refuse(envelope, verdict, snapshot)
    const reference = { ...referenceOf(envelope), nativeId: envelope.targetId }
    let isAmended = false
    for (const agentId of snapshot.agents.keys())
      if (await amendIn(store.agent(agentId), reference, envelope)) isAmended = true
    if (isAmended) return 'accepted'
    return refuse(
      envelope,
      refusal('timing', `it was ${envelope.type} after it was answered`),
      snapshot,
    )
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
      if (envelope.sender.isSelf) return 'refused'
      switch (envelope.type) {
        case 'message':
          return receiveMessage(account, envelope)
        case 'edited':
        case 'deleted':
          return amend(account, envelope)
        case 'reaction':
          return 'refused'
      }
    },
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

async function amendIn(
  agent: AgentStore,
  reference: MessageReference,
  envelope: Extract<Envelope, { type: 'edited' | 'deleted' }>,
): Promise<boolean> {
  if (envelope.type === 'deleted')
    return (await agent.amend(reference, { withdrawn: 'its sender deleted it' })) === 'amended'
  for (const { message } of await agent.find(reference.nativeId)) {
    const { channel, accountId, peer, nativeId } = message.reference
    const isSame =
      nativeId === reference.nativeId &&
      channel === reference.channel &&
      accountId === reference.accountId &&
      peer.kind === reference.peer.kind &&
      peer.id === reference.peer.id
    if (!isSame) continue
    const body = toJson({ ...parseEnvelope(message.body), text: envelope.text })
    return (await agent.amend(reference, { body })) === 'amended'
  }
  // It was not for this agent to answer; it may be kept as one that the agent is told of.
  const body = toJson(asContext(asMessage(envelope)))
  return (await agent.amend(reference, { body })) === 'amended'
}

/** What an edit leaves standing, as far as the platform tells it. */
function asMessage({
  type: _type,
  targetId,
  ...edit
}: Extract<Envelope, { type: 'edited' }>): MessageEnvelope {
  return {
    ...edit,
    type: 'message',
    nativeId: targetId,
    mentions: { self: false, ids: [] },
    attachments: [],
  }
}
