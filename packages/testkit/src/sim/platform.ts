import type { Envelope } from '@junctor/channel'
import { createChangeWatch, type ChangeWatch } from '../change-watch.ts'
import { createFaults, type Faults } from '../fault.ts'

/** One message as a conversation shows it. */
export interface SimMessage {
  readonly id: string
  readonly accountId: string
  readonly peerId: string
  readonly threadId?: string
  readonly fromSelf: boolean
  readonly text: string
  readonly replyTo?: string
  readonly sentAt: number
  /** Earlier texts, oldest first. */
  readonly history: readonly string[]
  readonly reactions: readonly string[]
  readonly files: readonly SimFile[]
  /** It is being streamed and not finished. */
  readonly isOpen?: boolean
}

export interface SimFile {
  readonly name: string
  readonly mediaType: string
  readonly data: Uint8Array
}

export interface SimPlatform {
  readonly faults: Faults
  readonly calls: string[]
  readonly acknowledged: string[]
  readonly files: Map<string, SimFile>
  /** Message ids by account and idempotency key. */
  readonly keys: Map<string, SimMessage>
  readonly waitFor: ChangeWatch['waitFor']
  push(this: void, envelope: Envelope): void
  queue(accountId: string): Envelope[]
  put(message: SimMessage): void
  find(peerId: string, id: string): SimMessage | undefined
  drop(peerId: string, id: string): void
  shown(this: void, peerId: string): readonly SimMessage[]
  nextId(): string
  isDown(): boolean
  setDown(down: boolean): void
  changed(): void
  /** Called after every change; returns the way to stop. */
  onChange(listener: () => void): () => void
}

export function createPlatform(): SimPlatform {
  const watch = createChangeWatch()
  const listeners = new Set<() => void>()
  const queues = new Map<string, Envelope[]>()
  const rooms = new Map<string, Map<string, SimMessage>>()
  let down = false
  let lastId = 0

  const changed = (): void => {
    for (const listener of listeners) listener()
    watch.changed()
  }
  const queue = (accountId: string): Envelope[] => {
    const known = queues.get(accountId) ?? []
    queues.set(accountId, known)
    return known
  }
  const room = (peerId: string): Map<string, SimMessage> => {
    const known = rooms.get(peerId) ?? new Map<string, SimMessage>()
    rooms.set(peerId, known)
    return known
  }

  return {
    faults: createFaults({
      supports: [
        'drop-before',
        'drop-after',
        'delay',
        'rate-limit',
        'status',
        'duplicate',
        'reorder',
        'silence',
        'unauthorized',
        'second-consumer',
      ],
    }),
    calls: [],
    acknowledged: [],
    files: new Map(),
    keys: new Map(),
    waitFor: watch.waitFor,
    push(envelope) {
      queue(envelope.accountId).push(envelope)
      changed()
    },
    queue,
    put(message) {
      room(message.peerId).set(message.id, message)
      changed()
    },
    find: (peerId, id) => room(peerId).get(id),
    drop(peerId, id) {
      room(peerId).delete(id)
      changed()
    },
    shown: (peerId) => [...room(peerId).values()],
    nextId() {
      lastId += 1
      return `m${lastId}`
    },
    isDown: () => down,
    setDown(next) {
      down = next
      changed()
    },
    changed,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
