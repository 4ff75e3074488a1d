import type { Capabilities, Logger, MessageEnvelope } from '@junctor/channel'
import type { AgentStore, JsonValue, MessageReference, Store, Table } from '@junctor/store'
import type { Verdict } from '../admission.ts'
import { isSameMessage, referenceOf } from '../envelopes.ts'
import type { Route } from '../routes.ts'

/** One agent of a sequence, and why it is asked. */
export interface SequenceStep {
  readonly route: Route
  readonly verdict: Verdict
}

/** A message that several agents answer one after the other, until the last one has. */
export interface Sequence {
  readonly envelope: MessageEnvelope
  readonly capabilities: Capabilities
  /** What the router was told, as it is stored. */
  readonly facts: JsonValue
  readonly steps: readonly SequenceStep[]
}

export interface SequencesOptions {
  readonly store: Store
  readonly isAgent: (agentId: string) => boolean
  /** Put the message into the agent's mailbox. Answers whether it is there now. */
  readonly accept: (sequence: Sequence, step: SequenceStep) => Promise<boolean>
  readonly log: Logger
}

/**
 * Each agent gets the message when the one before it has ended with it, well or not. The mailboxes say how far a sequence has
 * come, so a process that ends anywhere goes on where it was.
 */
export interface Sequences {
  /** Resolves once the sequence is stored and its first agent has the message. */
  begin(sequence: Sequence): Promise<void>
  /** A turn of this agent has ended. */
  turnEnded(agentId: string): void
  /** Look at every sequence that is under way. */
  sweep(): Promise<void>
  /** The message was edited, or deleted (undefined): those who come later get it so. Answers whether there was one. */
  amend(reference: MessageReference, text: string | undefined): Promise<boolean>
  idle(): Promise<void>
}

export function createSequences(options: SequencesOptions): Sequences {
  const { store, log } = options
  const table = tableOf(store)
  /** Sequence → the agent that has the message now. */
  const waitingFor = new Map<string, string>()
  let working: Promise<void> = Promise.resolve()

  const read = async (key: string) => {
    const entry = await table.get(key)
    return entry === undefined
      ? undefined
      : { sequence: sequenceIn(entry.value), version: entry.version }
  }

  const advance = async (key: string): Promise<void> => {
    const found = await read(key)
    if (found === undefined) return
    const { sequence } = found
    for (const step of sequence.steps) {
      const { agentId, unavailable } = step.route
      if (!options.isAgent(agentId)) continue
      const agent = store.agent(agentId)
      if ((await stateOf(agent, sequence.envelope)) === undefined)
        if (!(await options.accept(sequence, step))) {
          // It is not asked again when the sequence goes on.
          const steps = sequence.steps.filter((other) => other !== step)
          const rest = { ...sequence, steps } as unknown as JsonValue
          await table.put(key, rest, { version: found.version })
          return advance(key)
        }
      waitingFor.set(key, agentId)
      // Nobody waits for an agent that cannot answer now.
      if (unavailable === undefined && (await stateOf(agent, sequence.envelope)) === 'open') return
    }
    waitingFor.delete(key)
    await table.remove(key)
  }

  /** One after the other, so that no step is taken twice. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = working.then(work)
    working = done.catch((error: unknown) => {
      log.error({ error: String(error) }, 'a broadcast could not go on; it is tried again')
    })
    return done
  }

  return {
    begin: (sequence) =>
      inTurn(async () => {
        const key = keyOf(referenceOf(sequence.envelope))
        await table.put(key, sequence as unknown as JsonValue, { version: 0 })
        await advance(key)
      }),
    turnEnded(agentId) {
      for (const [key, current] of waitingFor)
        if (current === agentId) void inTurn(() => advance(key)).catch(() => {})
    },
    async sweep() {
      for (const key of await table.list()) await inTurn(() => advance(key)).catch(() => {})
    },
    async amend(reference, text) {
      const key = keyOf(reference)
      const found = await read(key)
      if (found === undefined) return false
      const { sequence, version } = found
      if (text === undefined) return table.remove(key)
      const changed = { ...sequence, envelope: { ...sequence.envelope, text } }
      return table.put(key, changed as unknown as JsonValue, { version })
    },
    idle: () => working,
  }
}

export async function sequencesUnderWay(store: Store): Promise<readonly Sequence[]> {
  const table = tableOf(store)
  const entries = await Promise.all((await table.list()).map((key) => table.get(key)))
  // One may have ended meanwhile.
  return entries.flatMap((entry) => (entry === undefined ? [] : [sequenceIn(entry.value)]))
}

function tableOf(store: Store): Table {
  return store.gateway.table('sequences')
}

/** As this module wrote it. */
function sequenceIn(value: JsonValue): Sequence {
  return value as unknown as Sequence
}

/** What has become of the message at one agent. */
async function stateOf(
  agent: AgentStore,
  envelope: MessageEnvelope,
): Promise<'open' | 'ended' | undefined> {
  const reference = referenceOf(envelope)
  for (const { message } of await agent.find(reference.nativeId))
    if (isSameMessage(message.reference, reference))
      return message.state === 'pending' || message.state === 'claimed' ? 'open' : 'ended'
  return undefined
}

function keyOf({ channel, accountId, peer, nativeId }: MessageReference): string {
  return JSON.stringify([channel, accountId, peer.kind, peer.id, nativeId])
}
