import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  Address,
  ChannelHost,
  Connection,
  Envelope,
  Health,
  MessageEnvelope,
  Outbound,
  Sent,
  Vault,
} from '@junctor/channel'
import { whatsapp, type WhatsAppConfig, type WhatsAppOptions } from '@junctor/channel-whatsapp'
import { createChangeWatch } from '@junctor/testkit'
import {
  createWhatsAppServer,
  type WhatsAppAccount,
  type WhatsAppServer,
} from '@junctor/testkit/whatsapp'
import { onTestFinished } from 'vitest'
import { NUMBER, quickTiming } from './harness.ts'

export const ALICE = '15552220001'
export const BOB = '15552220002'
export const GROUP = '120363000000000001@g.us'

/** A vault in memory that can refuse to write, and be copied as a crash would leave it. */
export interface TestVault extends Vault {
  readonly values: Map<string, Uint8Array>
  /** Called before each write; a rejection is a disk that is full. */
  beforeWrite: (key: string) => Promise<void>
  copy(): TestVault
}

/** One session of an account against the server. */
export interface TestSession {
  readonly connection: Connection
  readonly received: readonly Envelope[]
  readonly health: readonly Health[]
  readonly logged: readonly string[]
  /** Looked at after every event, report and change of the server. */
  until(predicate: () => boolean): Promise<void>
  /** Resolves with the message at this index. */
  message(index: number): Promise<MessageEnvelope>
  send(to: string, message: Partial<Outbound>, key?: string): Promise<Sent>
  close(): Promise<void>
}

export interface OpenOptions {
  readonly receive?: ChannelHost['receive']
  readonly vault?: TestVault
  readonly config?: WhatsAppConfig
  readonly options?: WhatsAppOptions
  readonly signal?: AbortSignal
  readonly fetch?: typeof fetch
  readonly onHealth?: (health: Health) => void
}

export interface TestBench {
  readonly server: WhatsAppServer
  readonly account: WhatsAppAccount
  readonly authDir: string
  /** The vault of the account that `open` opens. */
  readonly vault: TestVault
  open(options?: OpenOptions): Promise<TestSession>
  folder(): Promise<string>
}

/** A server and a number that has been linked before; nothing is open yet. */
export async function createBench(): Promise<TestBench> {
  const server = await createWhatsAppServer({ accounts: [{ number: NUMBER }], qrCount: 2 })
  onTestFinished(() => server.stop())
  const account = server.account(NUMBER)
  const folder = async (): Promise<string> => {
    const path = await mkdtemp(join(tmpdir(), 'junctor-whatsapp-'))
    onTestFinished(() => rm(path, { recursive: true, force: true }))
    return path
  }
  const authDir = await folder()
  await account.writeAuthFolder(authDir)
  const vault = createVault()
  return {
    server,
    account,
    authDir,
    vault,
    folder,
    open: (options = {}) => openSession(server, { vault, config: { authDir }, ...options }),
  }
}

async function openSession(
  server: WhatsAppServer,
  given: OpenOptions & { readonly vault: TestVault; readonly config: WhatsAppConfig },
): Promise<TestSession> {
  const watch = createChangeWatch()
  const received: Envelope[] = []
  const health: Health[] = []
  const logged: string[] = []
  const log = (fields: object, message: string): void =>
    void logged.push(`${message} ${JSON.stringify(fields)}`)
  const host: ChannelHost = {
    accountId: 'default',
    log: { debug: log, info: log, warn: log, error: log },
    vault: given.vault,
    fetch: given.fetch ?? fetch,
    signal: given.signal ?? new AbortController().signal,
    async receive(envelope) {
      received.push(envelope)
      watch.changed()
      return (await given.receive?.(envelope)) ?? 'accepted'
    },
    report(state) {
      health.push(state)
      given.onHealth?.(state)
      watch.changed()
    },
  }
  const channel = whatsapp({
    ...quickTiming,
    server: { webSocketUrl: server.url, mediaUrl: server.mediaUrl },
    ...given.options,
  })
  const connection = await channel.open(given.config, host)
  const close = (): Promise<void> => connection.close({ signal: AbortSignal.timeout(5000) })
  onTestFinished(close)
  const until = async (predicate: () => boolean): Promise<void> => {
    await Promise.race([
      server.waitFor(predicate, { timeoutMs: 20_000 }),
      watch.waitFor(predicate, { timeoutMs: 20_000 }),
    ])
  }
  return {
    connection,
    received,
    health,
    logged,
    until,
    close,
    async message(index) {
      await until(() => received.length > index)
      const event = received[index]
      if (event?.type !== 'message') throw new Error(`Event ${index} is no message`)
      return event
    },
    send: (to, message, key = crypto.randomUUID()) =>
      connection.send(
        addressOf(to),
        { text: '', format: 'plain', ...message },
        { idempotencyKey: key, signal: AbortSignal.timeout(20_000) },
      ),
  }
}

export function createVault(values = new Map<string, Uint8Array>()): TestVault {
  const vault: TestVault = {
    values,
    beforeWrite: async () => {},
    copy: () => createVault(new Map(values)),
    read: async (key) => values.get(key),
    async write(key, value) {
      await vault.beforeWrite(key)
      values.set(key, value)
    },
    remove: async (key) => void values.delete(key),
  }
  return vault
}

/** Digits of a person, or the id of a group. */
export function addressOf(to: string): Address {
  const peer = to.includes('@')
    ? ({ kind: 'group', id: to } as const)
    : ({ kind: 'dm', id: `+${to}` } as const)
  return { channel: 'whatsapp', accountId: 'default', peer }
}

export function callOptions(): { readonly idempotencyKey: string; readonly signal: AbortSignal } {
  return { idempotencyKey: crypto.randomUUID(), signal: AbortSignal.timeout(20_000) }
}
