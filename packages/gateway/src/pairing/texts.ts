import type { PairingRequest } from './book.ts'

export function askingText({ code, senderId, channel }: PairingRequest): string {
  return [
    'I answer only people whom I know, and your message was not read.',
    `Pairing code: ${code}`,
    `Give it to whoever runs me. They let you in with \`junctor pairing approve ${code}\`, within one hour.`,
    `(Your ${channel} id is ${senderId}.)`,
  ].join('\n')
}

export const WELCOME = 'You were let in. Please write again what you wanted to say.'
