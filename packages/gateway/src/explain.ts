import type { Delivery, InboxMessage, JsonValue, Refusal, Store, Story } from '@junctor/store'
import { explainRoute } from './explain-route.ts'
import { turnSteps } from './explain-turn.ts'
import { placeText } from './place-text.ts'
import type { Explanation, ExplanationStep } from './explanation.ts'
import { internalSteps } from './internal/explain-internal.ts'
import { parseInternal } from './internal/internal-message.ts'
import { HANDED_OVER } from './availability/unavailable.ts'
import { parseFacts } from './route-facts.ts'
import { createRegistrationBook } from './registrations/book.ts'
import { expiredFor } from './registrations/expired.ts'
import type { Registration } from './registrations/registration.ts'
import { explainSequences, type KnownMessage } from './rooms/explain-sequences.ts'
import type { RoutingRules } from './rules.ts'
import { fieldOf, parseCommand, parseEnvelope, parseRoute, textOf, toJson } from './envelopes.ts'

export interface ExplainSource {
  readonly store: Store
  /** The rules that were in force when a message came, by their revision. */
  readonly rulesOf: (revision: string) => Promise<RoutingRules | undefined>
}

/**
 * Everything that is known about a message, by its id or the platform's, or by the id of an answer. A platform's id may name
 * several messages, and a room with several agents gives one story for each. Works on an open store, with or without a gateway.
 */
export async function explainMessage(
  source: ExplainSource,
  id: string,
): Promise<readonly Explanation[]> {
  const { store } = source
  const registrations = await createRegistrationBook(store).read()
  const explanations: Explanation[] = (await store.gateway.findRefusals(id)).map(explainRefusal)
  const known: KnownMessage[] = []
  for (const agentId of await store.agents())
    for (const story of await store.agent(agentId).find(id)) {
      known.push({ agentId, reference: story.message.reference })
      explanations.push(await explainStory(story, agentId, { ...source, registrations }))
    }
  return [...explanations, ...(await explainSequences(store, id, known))]
}

function explainRefusal({ id, at, reason, reference, trace }: Refusal): Explanation {
  const summary = ['requireMention', 'maxBotTurns'].includes(textOf(trace, 'rule'))
    ? `The message was not answered: ${reason}.`
    : `The message was not let in: ${reason}.`
  return {
    id,
    outcome: 'refused',
    summary,
    steps: [
      {
        at,
        step: 'received',
        text: `It came from ${placeText(reference)}.`,
        details: toJson(reference),
      },
      { at, step: 'admission', text: summary, details: trace },
    ],
  }
}

type ArrivalSource = ExplainSource & { readonly registrations: readonly Registration[] }

/** How a message of a channel was let in and routed. */
async function arrivalSteps(
  { acceptedAt: at, trace, reference, body }: InboxMessage,
  { rulesOf, registrations }: ArrivalSource,
): Promise<readonly ExplanationStep[]> {
  const envelope = parseEnvelope(body)
  return [
    {
      at,
      step: 'received',
      text: `It came from ${placeText(reference)} as ${reference.nativeId}.`,
      details: toJson(reference),
    },
    {
      at,
      step: 'admission',
      text: `Its sender may speak here: ${admissionText(trace)}.`,
      details: fieldOf(trace, 'admission'),
    },
    {
      at,
      ...explainRoute(
        envelope,
        parseRoute(trace),
        await rulesOf(textOf(trace, 'revision')),
        parseFacts(trace, envelope),
        expiredFor(reference.channel, registrations, at),
      ),
    },
  ]
}

async function explainStory(
  { message, turns, deliveries }: Story,
  agentId: string,
  source: ArrivalSource,
): Promise<Explanation> {
  const { acceptedAt: at, trace } = message
  const internal = parseInternal(message.body)
  const steps: ExplanationStep[] = [
    ...(internal === undefined
      ? await arrivalSteps(message, source)
      : internalSteps(internal, message)),
    {
      at,
      step: 'mailbox',
      text: `It was stored in the lane ${message.sessionKey} of agent ${agentId} and is ${message.state}.`,
      details: {
        attempt: message.attempt,
        reason: message.reason ?? null,
        turnId: message.turnId ?? null,
      },
    },
    ...turns.flatMap((turn) => turnSteps(turn, message)),
    ...deliveries.map(deliveryStep),
  ]
  const outcome = outcomeOf({ message, turns, deliveries })
  const command = parseCommand(trace)
  const summary =
    command !== undefined && outcome === 'answered'
      ? `The gateway carried out the command /${command.name}.`
      : internal?.origin.kind === 'message' && outcome === 'answered'
        ? `Agent ${agentId} sent it unasked.`
        : summaryOf(outcome, agentId, message.reason)
  return { id: message.id, outcome, summary, steps }
}

function outcomeOf({ message, turns, deliveries }: Story): Explanation['outcome'] {
  if (message.state === 'pending') return 'waiting'
  if (message.state === 'claimed') return 'working'
  if (message.state === 'dead' && message.reason?.startsWith(HANDED_OVER) === true)
    return 'handed-over'
  // No turn ever began with it.
  if (message.state === 'dead' && message.attempt === 0) return 'refused'
  // What was sent then answers the command that ended it.
  if (message.state === 'dead' && turns.some(({ outcome }) => outcome === 'command'))
    return 'failed'
  if (deliveries.some(({ state }) => state === 'failed' || state === 'unknown'))
    return 'undelivered'
  if (deliveries.some(({ state }) => state !== 'sent')) return 'delivering'
  if (message.state === 'dead') return 'failed'
  return turns.some(({ outcome }) => outcome === 'silent') ? 'silent' : 'answered'
}

function summaryOf(outcome: Explanation['outcome'], agentId: string, reason = ''): string {
  const because = reason === '' ? '' : `: ${reason.replace(/\.$/, '')}`
  switch (outcome) {
    case 'refused':
      return `It was not taken${because}.`
    case 'waiting':
      return `It waits for agent ${agentId}${because}.`
    case 'working':
      return `Agent ${agentId} is working on it.`
    case 'answered':
      return `Agent ${agentId} answered it.`
    case 'silent':
      return `Agent ${agentId} read it and chose to say nothing.`
    case 'handed-over':
      return `It was ${reason}.`
    case 'failed':
      return `Agent ${agentId} could not answer it${because}.`
    case 'delivering':
      return `Agent ${agentId} answered it; the answer is on its way.`
    case 'undelivered':
      return `Agent ${agentId} answered it, but the answer did not surely arrive.`
  }
}

function deliveryStep(delivery: Delivery): ExplanationStep {
  const { id, address, state, attempts, unknowns, nativeId, error, createdAt, sentAt } = delivery
  const name = nativeId === undefined ? '' : ` as ${nativeId}`
  const cause = error === undefined ? '' : ` (${error})`
  return {
    at: sentAt ?? createdAt,
    step: 'delivery',
    text: `The answer to ${placeText(address)} is ${state}${name} after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}${cause}.`,
    details: { id, attempts, unknowns, nativeId: nativeId ?? null },
  }
}

function admissionText(trace: JsonValue): string {
  const reason = fieldOf(fieldOf(trace, 'admission'), 'reason')
  return typeof reason === 'string' ? reason : 'no reason was noted'
}
