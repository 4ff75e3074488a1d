import type { AccountState } from './account-state.ts'
import { personOf } from './account-state.ts'
import type { Stanza } from './baileys.ts'
import { forget } from './deliveries.ts'
import { bundleOfReceipt, takeBundle } from './device.ts'
import { storeReuploaded } from './reupload.ts'
import { SERVER, childOf, nowSeconds, stanza } from './stanza.ts'

/** The device says that it has a message, has shown it, or cannot read it. */
export async function takeReceipt(account: AccountState, receipt: Stanza): Promise<void> {
  const { id = '', type, to } = receipt.attrs
  const { connection } = account
  if (type === 'retry') await writeAgain(account, receipt)
  else if (type === 'server-error') await storeReuploaded(account, receipt)
  else forget(account, id, account.acknowledged)
  connection?.send(stanza('ack', { class: 'receipt', id, from: to ?? SERVER, type }))
}

/** The device could not read it: the writer's phone starts a new session and encrypts the same message again. */
async function writeAgain(account: AccountState, receipt: Stanza): Promise<void> {
  const { id = '' } = receipt.attrs
  const written = account.written.get(id)
  const { device, baileys } = account
  if (!written || !device) return
  const count = Number(childOf(receipt, 'retry')?.attrs['count'] ?? 1)
  account.waiting = account.waiting.filter((delivery) => delivery.id !== id)
  const bundle = bundleOfReceipt(receipt, baileys) ?? takeBundle(device, baileys)
  await written.author.startSession(device.lid, bundle)
  written.deliverAgain(count)
}

/** A recipient's phone could not read a message of the account, or has lost its keys since. */
export async function askAgain(
  account: AccountState,
  { id, from }: { readonly id: string; readonly from: string },
): Promise<void> {
  const sent = account.sent.get(id)
  if (!sent) throw new Error(`The account has sent no message ${id}`)
  const person = personOf(account, from)
  const isGroup = account.groups.has(sent.chat)
  const [registration, type, identity, signed, oneTime] = await person.bundle()
  const keys = [type, identity, oneTime, signed].filter((part) => part !== undefined)
  account.connection?.send(
    stanza(
      'receipt',
      {
        id,
        type: 'retry',
        from: isGroup ? sent.chat : person.lid,
        participant: isGroup ? person.lid : undefined,
        t: nowSeconds(),
      },
      [
        stanza('retry', { count: '1', id, t: nowSeconds(), v: '1', error: '0' }),
        ...(registration ? [registration] : []),
        stanza('keys', {}, keys),
      ],
    ),
  )
}
