import type { Baileys } from './baileys.ts'

type KeyPair = ReturnType<Baileys['Curve']['generateKeyPair']>

/** The server's long-term Noise key and the certificates that vouch for it. */
export interface NoiseIdentity {
  readonly key: KeyPair
  readonly chain: Uint8Array
}

const DAY_SECONDS = 86_400

/**
 * A genuine chain, leaf ← intermediate ← root, under a root of our own. The client compares the root with a constant that
 * 7.0.0-rc14 fails to enforce; a client that does enforce it has to be told the root.
 */
export function createNoiseIdentity({ Curve, proto }: Baileys): NoiseIdentity {
  const root = Curve.generateKeyPair()
  const intermediate = Curve.generateKeyPair()
  const key = Curve.generateKeyPair()
  const { Details } = proto.CertChain.NoiseCertificate
  const now = Math.floor(Date.now() / 1000)
  const validity = { notBefore: now - DAY_SECONDS, notAfter: now + 365 * DAY_SECONDS }
  const intermediateDetails = Details.encode({
    serial: 1,
    issuerSerial: 0,
    key: intermediate.public,
    ...validity,
  }).finish()
  const leafDetails = Details.encode({
    serial: 2,
    issuerSerial: 1,
    key: key.public,
    ...validity,
  }).finish()
  const chain = proto.CertChain.encode({
    intermediate: {
      details: intermediateDetails,
      signature: Curve.sign(root.private, intermediateDetails),
    },
    leaf: { details: leafDetails, signature: Curve.sign(intermediate.private, leafDetails) },
  }).finish()
  return { key, chain }
}
