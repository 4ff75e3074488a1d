import { Buffer } from 'node:buffer'
import type { Baileys, Stanza } from './baileys.ts'
import type { NoiseIdentity } from './certificates.ts'

/** The answering side of Noise_XX_25519_AESGCM_SHA256 as WhatsApp frames it: https://noiseprotocol.org/noise.html#handshake-patterns */
export interface NoiseResponder {
  /** Whole frames out of the stream, without their three length bytes. */
  frames(data: Uint8Array): readonly Uint8Array[]
  /** The answer to the client's first message, framed. */
  hello(clientEphemeral: Uint8Array): Uint8Array
  /** Reads the client's second message; stanzas are encrypted from here on. */
  finish(clientStatic: Uint8Array, payload: Uint8Array): Uint8Array
  encode(stanza: Stanza): Uint8Array
  decode(frame: Uint8Array): Promise<Stanza>
}

interface Cipher {
  readonly key: Uint8Array
  counter: number
}

const nothing = Buffer.alloc(0)

export function createNoiseResponder(baileys: Baileys, identity: NoiseIdentity): NoiseResponder {
  const { Curve, aesDecryptGCM, aesEncryptGCM, hkdf, sha256 } = baileys
  const ephemeral = Curve.generateKeyPair()
  const protocolName = Buffer.from(baileys.NOISE_MODE)
  let hash: Buffer = protocolName
  let salt: Uint8Array = protocolName
  let handshake: Cipher = { key: protocolName, counter: 0 }
  let outgoing: Cipher | undefined
  let incoming: Cipher | undefined
  let buffered: Buffer = nothing
  let isIntroduced = false

  const mixHash = (data: Uint8Array): void => {
    hash = sha256(Buffer.concat([hash, data]))
  }
  const derive = (secret: Uint8Array): readonly [Uint8Array, Uint8Array] => {
    const output = hkdf(Buffer.from(secret), 64, { salt: Buffer.from(salt), info: '' })
    return [output.subarray(0, 32), output.subarray(32)]
  }
  const mixKey = (secret: Uint8Array): void => {
    const [nextSalt, key] = derive(secret)
    salt = nextSalt
    handshake = { key, counter: 0 }
  }
  const seal = (plain: Uint8Array): Uint8Array => {
    const sealed = aesEncryptGCM(plain, handshake.key, nonce(handshake), hash)
    mixHash(sealed)
    return sealed
  }
  const unseal = (sealed: Uint8Array): Uint8Array => {
    const plain = aesDecryptGCM(sealed, handshake.key, nonce(handshake), hash)
    mixHash(sealed)
    return plain
  }

  mixHash(baileys.NOISE_WA_HEADER)

  return {
    frames(data) {
      buffered = Buffer.concat([buffered, data])
      if (!isIntroduced) {
        buffered = withoutIntroduction(buffered, Buffer.from(baileys.NOISE_WA_HEADER))
        isIntroduced = true
      }
      const frames: Uint8Array[] = []
      while (buffered.length >= 3) {
        const end = 3 + buffered.readUIntBE(0, 3)
        if (buffered.length < end) break
        frames.push(buffered.subarray(3, end))
        buffered = buffered.subarray(end)
      }
      return frames
    },
    hello(clientEphemeral) {
      mixHash(clientEphemeral)
      mixHash(ephemeral.public)
      mixKey(Curve.sharedKey(ephemeral.private, clientEphemeral))
      const serverStatic = seal(identity.key.public)
      mixKey(Curve.sharedKey(identity.key.private, clientEphemeral))
      const payload = seal(identity.chain)
      const serverHello = { ephemeral: ephemeral.public, static: serverStatic, payload }
      return framed(baileys.proto.HandshakeMessage.encode({ serverHello }).finish())
    },
    finish(clientStatic, payload) {
      mixKey(Curve.sharedKey(ephemeral.private, unseal(clientStatic)))
      const plain = unseal(payload)
      const [clientKey, serverKey] = derive(nothing)
      incoming = { key: clientKey, counter: 0 }
      outgoing = { key: serverKey, counter: 0 }
      return plain
    },
    encode(stanza) {
      const cipher = requireOpen(outgoing)
      const plain = baileys.encodeBinaryNode(stanza)
      return framed(aesEncryptGCM(plain, cipher.key, nonce(cipher), nothing))
    },
    async decode(frame) {
      const cipher = requireOpen(incoming)
      const plain = aesDecryptGCM(frame, cipher.key, nonce(cipher), nothing)
      return baileys.decodeBinaryNode(plain)
    },
  }
}

/** A client may put the routing information of its last connection in front of the protocol header. */
function withoutIntroduction(data: Buffer, header: Buffer): Buffer {
  const routingBytes = data.toString('latin1', 0, 2) === 'ED' ? 7 + data.readUIntBE(4, 3) : 0
  const rest = data.subarray(routingBytes)
  if (!rest.subarray(0, header.length).equals(header)) throw new Error('Not a WhatsApp client')
  return rest.subarray(header.length)
}

function nonce(cipher: Cipher): Uint8Array {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt32BE(cipher.counter, 8)
  cipher.counter += 1
  return bytes
}

function framed(data: Uint8Array): Uint8Array {
  const length = Buffer.alloc(3)
  length.writeUIntBE(data.length, 0, 3)
  return Buffer.concat([length, data])
}

function requireOpen(cipher: Cipher | undefined): Cipher {
  if (!cipher) throw new Error('The handshake is not finished')
  return cipher
}
