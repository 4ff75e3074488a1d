import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import type { AccountState } from './account-state.ts'
import type { Baileys, Stanza } from './baileys.ts'
import type { ClientConnection, ClientPayload } from './connection.ts'
import { readSignedKey, type Device } from './device.ts'
import { SERVER, bytesOf, childOf, stanza } from './stanza.ts'

/** A client that is not linked yet. */
export interface Candidate {
  readonly connection: ClientConnection
  /** Each is good for one QR code. */
  readonly refs: readonly string[]
  readonly payload: ClientPayload
  /** The phone number and the key that a pairing by code began with. */
  code?: { readonly number: string; readonly wrapped: Buffer }
  /** Resolves the phone's wait for the client's half of a pairing by code. */
  finishCode?: (stanza: Stanza) => void
  /** The account that it is being linked to. */
  linked?: { readonly account: AccountState; readonly device: Device }
}

export function createCandidate(
  connection: ClientConnection,
  payload: ClientPayload,
  refCount: number,
): Candidate {
  const refs = Array.from({ length: refCount }, () => `2@${randomBytes(16).toString('base64')}`)
  const nodes = refs.map((ref) => stanza('ref', {}, Buffer.from(ref)))
  const attributes = { from: SERVER, type: 'set', id: 'pair-device', xmlns: 'md' }
  connection.send(stanza('iq', attributes, [stanza('pair-device', {}, nodes)]))
  return { connection, refs, payload }
}

/** The phone reads a QR code: `…#ref,noise key,identity key,adv secret`. */
export function linkByQr(account: AccountState, candidate: Candidate, qr: string): void {
  const [, , identity = '', secret = ''] = partsOfQr(qr)
  link(account, candidate, Buffer.from(identity, 'base64'), Buffer.from(secret, 'base64'))
}

export function partsOfQr(qr: string): readonly string[] {
  return (qr.split('#').at(-1) ?? '').split(',')
}

/** The owner types the code that the client shows; phone and client then agree on the secret that a QR code carries. */
export async function linkByCode(
  account: AccountState,
  candidate: Candidate,
  code: string,
): Promise<void> {
  const { baileys } = account
  const { Curve, derivePairingCodeKey, hkdf } = baileys
  const wrapped = candidate.code?.wrapped
  if (!wrapped) throw new Error('The client has not asked for a pairing code')
  const clientEphemeral = baileys.aesDecryptCTR(
    wrapped.subarray(48, 80),
    await derivePairingCodeKey(code, wrapped.subarray(0, 32)),
    wrapped.subarray(32, 48),
  )
  const ephemeral = Curve.generateKeyPair()
  const identity = Curve.generateKeyPair()
  const [salt, iv] = [randomBytes(32), randomBytes(16)]
  const sealed = baileys.aesEncryptCTR(ephemeral.public, await derivePairingCodeKey(code, salt), iv)
  const finished = new Promise<Stanza>((resolve) => {
    candidate.finishCode = resolve
  })
  const attributes = { from: SERVER, type: 'link_code_companion_reg', id: 'pair-code' }
  candidate.connection.send(
    stanza('notification', attributes, [
      stanza('link_code_companion_reg', { stage: 'primary_hello' }, [
        stanza('link_code_pairing_ref', {}, Buffer.from('ref')),
        stanza('primary_identity_pub', {}, identity.public),
        stanza(
          'link_code_pairing_wrapped_primary_ephemeral_pub',
          {},
          Buffer.concat([salt, iv, sealed]),
        ),
      ]),
    ]),
  )
  const registration = childOf(await finished, 'link_code_companion_reg')
  const bundle = bytesOf(registration, 'link_code_pairing_wrapped_key_bundle')
  const shared = Curve.sharedKey(ephemeral.private, clientEphemeral)
  const key = hkdf(shared, 32, {
    salt: bundle.subarray(0, 32),
    info: 'link_code_pairing_key_bundle_encryption_key',
  })
  const plain = baileys.aesDecryptGCM(
    bundle.subarray(44),
    key,
    bundle.subarray(32, 44),
    Buffer.alloc(0),
  )
  const clientIdentity = plain.subarray(0, 32)
  const secret = hkdf(
    Buffer.concat([shared, Curve.sharedKey(identity.private, clientIdentity), plain.subarray(64)]),
    32,
    { info: 'adv_secret' },
  )
  link(account, candidate, clientIdentity, Buffer.from(secret))
}

/** The phone vouches for the client's identity key; the client proves it with the shared secret and signs it too. */
function link(
  account: AccountState,
  candidate: Candidate,
  identity: Uint8Array,
  secret: Uint8Array,
): void {
  const { baileys } = account
  const device = createDevice(account, identity)
  device.registrationId = Buffer.from(
    candidate.payload.devicePairingData?.eRegid ?? [],
  ).readUInt32BE()
  candidate.linked = { account, device }
  const details = vouch(account, identity)
  const hmac = baileys.hmacSign(details, secret)
  const content = baileys.proto.ADVSignedDeviceIdentityHMAC.encode({ details, hmac }).finish()
  candidate.connection.send(
    stanza('iq', { from: SERVER, type: 'set', id: 'pair-success', xmlns: 'md' }, [
      stanza('pair-success', {}, [
        stanza('device-identity', {}, content),
        stanza('device', { jid: device.jid, lid: device.lid }),
        stanza('platform', { name: 'android' }),
      ]),
    ]),
  )
}

/** The account's signature over a device's identity key. */
export function vouch(account: AccountState, identity: Uint8Array): Uint8Array {
  const { baileys, signing } = account
  const timestamp = Math.floor(Date.now() / 1000)
  const details = baileys.proto.ADVDeviceIdentity.encode({
    rawId: 1,
    timestamp,
    keyIndex: 1,
  }).finish()
  const signed = Buffer.concat([baileys.WA_ADV_ACCOUNT_SIG_PREFIX, details, identity])
  return baileys.proto.ADVSignedDeviceIdentity.encode({
    details,
    accountSignatureKey: signing.public,
    accountSignature: baileys.Curve.sign(signing.private, signed),
  }).finish()
}

export function createDevice(account: AccountState, identity: Uint8Array): Device {
  const id = account.nextDeviceId++
  const [number] = account.phone.jid.split('@')
  const [lid] = account.phone.lid.split('@')
  return {
    id,
    jid: `${number}:${id}${SERVER}`,
    lid: `${lid}:${id}@lid`,
    identity,
    registrationId: 0,
    signedPreKey: undefined,
    preKeys: [],
  }
}

type Credentials = ReturnType<Baileys['initAuthCreds']>

/** A device as if it had been linked before, with the credentials that its client keeps. */
export function linkBefore(account: AccountState, credentials: Credentials): Device {
  const { baileys } = account
  const { signedIdentityKey, signedPreKey, registrationId } = credentials
  const device = createDevice(account, signedIdentityKey.public)
  device.registrationId = registrationId
  device.signedPreKey = readSignedKey(baileys.xmppSignedPreKey(signedPreKey), baileys)
  const { jid, lid } = device
  const vouched = baileys.proto.ADVSignedDeviceIdentity.decode(
    vouch(account, signedIdentityKey.public),
  )
  vouched.deviceSignature = Buffer.alloc(64, 1)
  Object.assign(credentials, {
    me: { id: jid, lid, name: account.phone.name },
    account: vouched,
    registered: true,
    platform: 'android',
  })
  account.device = device
  return device
}
