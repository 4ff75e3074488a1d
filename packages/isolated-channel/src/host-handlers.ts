import type { ChannelHost, Logger } from '@junctor/channel'
import { parseEnvelope, parseHealth } from './envelope.ts'
import type { Handler } from '@junctor/isolation'

const LARGEST_VALUE_BYTES = 4 * 1024 * 1024
const LONGEST_KEY = 512

/** What a package may ask of its host: everything about its own account, nothing about another. */
export function createHostHandlers(host: ChannelHost): { readonly [method: string]: Handler } {
  return {
    receive: ([envelope]) => host.receive(parseEnvelope(envelope)),
    report: ([health]) => host.report(parseHealth(health)),
    log([level, fields, message]) {
      if (!isLevel(level)) throw new TypeError(`"${String(level)}" is no level to log at`)
      host.log[level](typeof fields === 'object' && fields !== null ? fields : {}, String(message))
    },
    'vault.read': ([key]) => host.vault.read(keyOf(key)),
    'vault.write': ([key, value]) => host.vault.write(keyOf(key), bytesOf(value)),
    'vault.remove': ([key]) => host.vault.remove(keyOf(key)),
  }
}

function isLevel(value: unknown): value is keyof Logger {
  return value === 'debug' || value === 'info' || value === 'warn' || value === 'error'
}

function keyOf(value: unknown): string {
  if (typeof value === 'string' && value.length <= LONGEST_KEY) return value
  throw new TypeError(`a vault key must be text of at most ${LONGEST_KEY} characters`)
}

function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array && value.length <= LARGEST_VALUE_BYTES) return value
  throw new TypeError(`a vault value must be at most ${LARGEST_VALUE_BYTES} bytes`)
}
