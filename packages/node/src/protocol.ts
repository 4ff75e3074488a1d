import type { JsonValue } from '@junctor/agent'
import type { RawData } from 'ws'

/** Where nodes connect, below the gateway's address. */
export const connectPath = '/api/v1/nodes/connect'
/** Of one message, either way. */
export const maxMessageBytes = 1024 * 1024
export const pingIntervalMs = 15_000

/** How a command ended. */
export interface CommandEnd {
  /** Absent where a signal ended it. */
  readonly exitCode?: number
  /** Why it was ended. */
  readonly reason?: string
  /** Both streams as they came. */
  readonly output: string
  /** There was more output than is kept. */
  readonly isCut: boolean
}

export interface NodeCommand {
  readonly program: string
  readonly args: readonly string[]
  readonly timeoutMs: number
}

export type FromNode =
  | { readonly type: 'hello'; readonly name: string; readonly allow: readonly string[] }
  | ({ readonly type: 'done'; readonly id: string } & CommandEnd)
  /** It was not run. */
  | { readonly type: 'refused'; readonly id: string; readonly reason: string }

export type ToNode =
  /** Waits for a person, who is given the code. */
  | { readonly type: 'pairing'; readonly code: string; readonly expiresAt: number }
  | { readonly type: 'welcome'; readonly name: string }
  | ({ readonly type: 'run'; readonly id: string } & NodeCommand)
  | { readonly type: 'abort'; readonly id: string }
  /** Comes before the gateway hangs up. `forget`: the token is of no use any more. */
  | {
      readonly type: 'goodbye'
      readonly reason: string
      readonly next: 'retry' | 'end' | 'forget'
    }

type Fields = { readonly [name: string]: JsonValue }

/** Undefined: not a message of this protocol. */
export function readFromNode(data: RawData): FromNode | undefined {
  const fields = fieldsOf(data)
  const { type, id, name, reason, exitCode, output, isCut } = fields
  if (type === 'hello') {
    const allow = textsOf(fields['allow'])
    return typeof name === 'string' && allow !== undefined ? { type, name, allow } : undefined
  }
  if (typeof id !== 'string') return undefined
  if (type === 'refused' && typeof reason === 'string') return { type, id, reason }
  if (type !== 'done' || typeof output !== 'string' || typeof isCut !== 'boolean') return undefined
  return {
    type,
    id,
    output,
    isCut,
    ...(typeof exitCode === 'number' ? { exitCode } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
  }
}

/** Undefined: not a message of this protocol. */
export function readToNode(data: RawData): ToNode | undefined {
  const fields = fieldsOf(data)
  const { type, id, name, code, expiresAt, reason, next, program, timeoutMs } = fields
  const args = textsOf(fields['args'])
  if (type === 'welcome' && typeof name === 'string') return { type, name }
  if (type === 'pairing' && typeof code === 'string' && typeof expiresAt === 'number')
    return { type, code, expiresAt }
  if (type === 'goodbye' && typeof reason === 'string')
    return { type, reason, next: next === 'end' || next === 'forget' ? next : 'retry' }
  if (typeof id !== 'string') return undefined
  if (type === 'abort') return { type, id }
  if (type !== 'run' || typeof program !== 'string' || args === undefined) return undefined
  return typeof timeoutMs === 'number' ? { type, id, program, args, timeoutMs } : undefined
}

function fieldsOf(data: RawData): Fields {
  try {
    const value: unknown = JSON.parse(Buffer.isBuffer(data) ? data.toString('utf8') : '')
    return typeof value === 'object' && value !== null ? (value as Fields) : {}
  } catch {
    return {}
  }
}

function textsOf(value: JsonValue | undefined): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined
  const texts = value.filter((each) => typeof each === 'string')
  return texts.length === value.length ? texts : undefined
}
