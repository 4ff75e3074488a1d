import { createHash } from 'node:crypto'

/** A key or token. It stands in a closure, so that nothing which prints or stores the object around it shows it. */
export interface Secret {
  /** The text itself: for the client that sends it, and for what takes it out of logs. */
  reveal(): string
  /** What a person may see of it: its last four characters, or less of a short one. */
  readonly ending: string
  /** The same for the same text, and too short to guess it by: tells whether a key was replaced. */
  readonly fingerprint: string
}

export function createSecret(text: string): Secret {
  return {
    reveal: () => text,
    ending: text.length < 16 ? '' : text.slice(-4),
    fingerprint: createHash('sha256').update(`junctor profile\0${text}`).digest('hex').slice(0, 8),
  }
}

/** Why a text cannot be a key: it would fail in a header, or be sent as something else. */
export function faultOfSecret(text: string): string | undefined {
  if (text.trim() === '') return 'is blank'
  return /[^\x21-\x7e]/.test(text.trim())
    ? 'holds characters that no key has (spaces, line breaks or letters beyond ASCII)'
    : undefined
}
