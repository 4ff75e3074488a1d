import { randomBytes } from 'node:crypto'
import { Buffer } from 'node:buffer'
import type { AccountState } from './account-state.ts'
import type { Stanza } from './baileys.ts'
import { childOf, stanza } from './stanza.ts'

/** A file has left the media hosts: the owner's phone, which still has it, puts it there again under a new path. */
export async function storeReuploaded(account: AccountState, receipt: Stanza): Promise<void> {
  const { baileys, media, connection } = account
  const { id = '' } = receipt.attrs
  const request = childOf(receipt, 'rmr')
  const file = account.written.get(id)?.file
  const pointer = await file
  const rmr = stanza('rmr', {
    jid: request?.attrs['jid'],
    from_me: request?.attrs['from_me'],
    participant: request?.attrs['participant'],
  })
  const attributes = { id, type: 'mediaretry', from: account.phone.jid }
  if (!pointer) {
    connection?.send(stanza('notification', attributes, [rmr, stanza('error', { code: '2' })]))
    return
  }
  const directPath = `/v/${randomBytes(12).toString('hex')}.enc`
  media.set(directPath, pointer.bytes)
  const { MediaRetryNotification } = baileys.proto
  const answer = MediaRetryNotification.encode({
    stanzaId: id,
    directPath,
    result: MediaRetryNotification.ResultType.SUCCESS,
  }).finish()
  const key = baileys.hkdf(Buffer.from(pointer.mediaKey), 32, {
    info: 'WhatsApp Media Retry Notification',
  })
  const iv = randomBytes(12)
  const sealed = baileys.aesEncryptGCM(answer, key, iv, Buffer.from(id))
  const parts = [stanza('enc_p', {}, sealed), stanza('enc_iv', {}, iv)]
  connection?.send(stanza('notification', attributes, [stanza('encrypt', {}, parts), rmr]))
}
