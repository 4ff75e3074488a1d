import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountState } from './account-state.ts'
import type { Stanza } from './baileys.ts'
import type { Device } from './device.ts'
import { SERVER, stanza } from './stanza.ts'
import { endStream } from './stream.ts'

/**
 * A message on its way to the linked device. It is encrypted once, and the server keeps that until the device has
 * acknowledged it: what comes again after a reconnect is the same ciphertext.
 */
export interface Delivery {
  readonly id: string
  /** Encrypts for the device; every call gives another ciphertext under the same id. */
  readonly build: (device: Device) => Promise<Stanza>
  /** The ciphertext, and the device that can read it. */
  sealed?: { readonly device: Device; readonly stanza: Stanza }
  isOffered?: boolean
  /** How often the device will still say that it could not read the copy before this one. */
  refusalsToCome?: number
}

const pumping = new WeakMap<AccountState, Promise<void>>()

/** Queue a message and send what can be sent, one after the other. */
export function deliver(account: AccountState, delivery: Delivery): void {
  account.waiting.push(delivery)
  account.changed()
  queue(account, () => offerNext(account))
}

/** After a login everything that waits comes at once, marked as old. */
export function offerStored(account: AccountState): void {
  queue(account, async () => {
    const { connection } = account
    if (!connection || !account.device) return
    const stored = [...account.waiting]
    const count = String(stored.length)
    const preview = stanza('offline_preview', { count, message: count })
    connection.send(stanza('ib', { from: SERVER }, [preview]))
    for (const delivery of stored) await offer(account, delivery, true)
    connection.send(stanza('ib', { from: SERVER }, [stanza('offline', { count })]))
    account.isActive = account.connection === connection
    account.changed()
    await offerNext(account)
  })
}

/** The device has the message, or says that it cannot read it; either way it does not come again. */
export function forget(account: AccountState, id: string, list: string[]): void {
  const delivery = account.waiting.find((each) => each.id === id)
  if (!delivery) return
  if (list === account.refused && (delivery.refusalsToCome ?? 0) > 0) {
    delivery.refusalsToCome = 0
    return
  }
  account.waiting = account.waiting.filter((each) => each !== delivery)
  list.push(id)
  account.changed()
}

function queue(account: AccountState, work: () => Promise<void>): void {
  const next = (pumping.get(account) ?? Promise.resolve()).then(work).catch((error: unknown) => {
    account.problems.push(error)
    account.changed()
  })
  pumping.set(account, next)
}

async function offerNext(account: AccountState): Promise<void> {
  if (!account.isActive) return
  const [first, second] = account.waiting.filter(({ isOffered }) => !isOffered)
  if (!first) return
  const reorder = account.faults
    .pending()
    .some(({ kind, on }) => kind === 'reorder' && on === 'deliver')
  if (reorder) {
    // Alone it cannot change places, so it waits for its neighbour.
    if (!second) return
    account.takeFault('deliver', 'reorder')
    await seal(account, first)
    await offer(account, second, false)
  }
  await offer(account, first, false)
  await offerNext(account)
}

async function offer(account: AccountState, delivery: Delivery, isOld: boolean): Promise<void> {
  delivery.isOffered = true
  const fault = account.takeFault('deliver')
  switch (fault?.kind) {
    case 'second-consumer':
      return endStream(account, 'replaced')
    case 'unauthorized':
      return endStream(account, 'device_removed')
    case 'drop-before':
      return account.connection?.cut()
    case 'silence': {
      if (account.connection) account.connection.isSilent = true
      return
    }
    case 'delay':
      await sleep(fault.delayMs)
      break
    default:
  }
  const sealed = await seal(account, delivery)
  const { connection, device } = account
  if (!sealed || !connection || !device) return
  const shown = fault?.kind === 'garbage' ? corrupted(sealed) : sealed
  connection.send(isOld ? { ...shown, attrs: { ...shown.attrs, offline: '0' } } : shown)
  if (fault?.kind === 'drop-after') connection.cut()
  if (fault?.kind === 'duplicate') connection.send(await delivery.build(device))
}

async function seal(account: AccountState, delivery: Delivery): Promise<Stanza | undefined> {
  const { device } = account
  if (!device?.signedPreKey) return undefined
  if (delivery.sealed?.device !== device) {
    delivery.sealed = { device, stanza: await delivery.build(device) }
  }
  return delivery.sealed.stanza
}

/** One bit of the ciphertext is wrong. */
function corrupted(message: Stanza): Stanza {
  if (!Array.isArray(message.content)) return message
  const content = message.content.map((child) => {
    if (child.tag !== 'enc' || !(child.content instanceof Uint8Array)) return child
    const bytes = Uint8Array.from(child.content)
    const at = bytes.length - 3
    bytes[at] = (bytes[at] ?? 0) ^ 0xff
    return { ...child, content: bytes }
  })
  return { ...message, content }
}
