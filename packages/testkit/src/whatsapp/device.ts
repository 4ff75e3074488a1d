import type { Baileys, Stanza } from './baileys.ts'
import { bytesOf, childOf, childrenOf } from './stanza.ts'

interface PublicKey {
  readonly keyId: number
  readonly publicKey: Uint8Array
}

/** What the server knows of a linked device: enough for anybody to begin an encrypted session with it. */
export interface Device {
  readonly id: number
  /** `number:id@s.whatsapp.net` */
  readonly jid: string
  /** `lid:id@lid` */
  readonly lid: string
  identity: Uint8Array
  registrationId: number
  signedPreKey: (PublicKey & { readonly signature: Uint8Array }) | undefined
  readonly preKeys: PublicKey[]
}

/** Each of them starts one session. */
export type SessionBundle = Parameters<
  ReturnType<Baileys['DEFAULT_CONNECTION_CONFIG']['makeSignalRepository']>['injectE2ESession']
>[0]['session']

/** Hands out one of the device's one-time keys, as the server does. */
export function takeBundle(device: Device, { generateSignalPubKey }: Baileys): SessionBundle {
  const { signedPreKey, registrationId, identity } = device
  if (!signedPreKey) throw new Error(`${device.jid} has not uploaded its keys`)
  const preKey = device.preKeys.shift()
  const identityKey = generateSignalPubKey(identity)
  return { registrationId, identityKey, signedPreKey, ...(preKey ? { preKey } : {}) }
}

/** Keeps the keys that a client uploads. */
export function storeUpload(device: Device, upload: Stanza, baileys: Baileys): void {
  device.identity = bytesOf(upload, 'identity')
  device.registrationId = bytesOf(upload, 'registration').readUInt32BE()
  const signed = childOf(upload, 'skey')
  if (signed) device.signedPreKey = readSignedKey(signed, baileys)
  const list = childOf(upload, 'list')
  if (list)
    device.preKeys.push(...childrenOf(list, 'key').map((key) => readPublicKey(key, baileys)))
}

/** The keys that a retry receipt carries when the old session is beyond repair. */
export function bundleOfReceipt(receipt: Stanza, baileys: Baileys): SessionBundle | undefined {
  const keys = childOf(receipt, 'keys')
  const signed = keys && childOf(keys, 'skey')
  if (!keys || !signed) return undefined
  const oneTime = childOf(keys, 'key')
  return {
    registrationId: bytesOf(receipt, 'registration').readUInt32BE(),
    identityKey: baileys.generateSignalPubKey(bytesOf(keys, 'identity')),
    signedPreKey: readSignedKey(signed, baileys),
    ...(oneTime ? { preKey: readPublicKey(oneTime, baileys) } : {}),
  }
}

export function readSignedKey(
  key: Stanza,
  baileys: Baileys,
): PublicKey & { readonly signature: Uint8Array } {
  return { ...readPublicKey(key, baileys), signature: bytesOf(key, 'signature') }
}

function readPublicKey(key: Stanza, { generateSignalPubKey }: Baileys): PublicKey {
  return {
    keyId: bytesOf(key, 'id').readUIntBE(0, 3),
    publicKey: generateSignalPubKey(bytesOf(key, 'value')),
  }
}
