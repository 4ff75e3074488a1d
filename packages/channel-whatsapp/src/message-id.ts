import { createHash } from 'node:crypto'

/**
 * The sender of a WhatsApp message picks its id, and every app shows one message per id: a message that is sent again under the
 * same key is the same message. The form is that of WhatsApp's web client.
 */
export function messageId(idempotencyKey: string, part: number): string {
  const hash = createHash('sha256').update(`${part}:${idempotencyKey}`).digest('hex')
  return `3EB0${hash.slice(0, 18).toUpperCase()}`
}
