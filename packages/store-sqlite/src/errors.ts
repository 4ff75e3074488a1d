import { JunctorError } from '@junctor/errors'
import { StoreError } from '@junctor/store'

const SQLITE = {
  perm: 3,
  busy: 5,
  locked: 6,
  readonly: 8,
  corrupt: 11,
  full: 13,
  cantOpen: 14,
  constraint: 19,
  notADatabase: 26,
} as const

/** Names the file and the cure. Errors of the store itself pass through. */
export function toStoreError(error: unknown, file: string): StoreError {
  if (isStoreError(error)) return error
  const text = error instanceof Error ? error.message : String(error)
  const fault = (code: StoreError['code'], message: string): StoreError =>
    new StoreError(code, message, { cause: error, details: { file } })

  switch (faultOf(error)) {
    case 'full':
      return fault(
        'FULL',
        `No room to write ${file} (${text}). Free some space on its disk: nothing was written.`,
      )
    case 'read-only':
      return fault(
        'READ_ONLY',
        `${file} cannot be opened for writing (${text}). Give this user write access to the file and its directory, or choose another state directory.`,
      )
    case 'corrupt':
      return fault(
        'CORRUPT',
        `${file} is not a readable database (${text}). Move it away or restore it from a backup.`,
      )
    case 'busy':
      return fault(
        'IO',
        `Another program keeps ${file} locked (${text}). Close it: a running store is for one writer.`,
      )
    case 'constraint':
      return fault(
        'IO',
        `${file} refused the rows (${text}). Ids of messages, turns and deliveries are unique.`,
      )
    case undefined:
      return fault('IO', `Reading or writing ${file} failed: ${text}.`)
  }
}

type Fault = 'full' | 'read-only' | 'corrupt' | 'busy' | 'constraint'

function faultOf(error: unknown): Fault | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  if ('errcode' in error && typeof error.errcode === 'number') return sqliteFault(error.errcode)
  if ('code' in error && typeof error.code === 'string') return systemFault(error.code)
  return undefined
}

function sqliteFault(extendedCode: number): Fault | undefined {
  switch (extendedCode & 0xff) {
    case SQLITE.full:
      return 'full'
    case SQLITE.perm:
    case SQLITE.readonly:
    case SQLITE.cantOpen:
      return 'read-only'
    case SQLITE.corrupt:
    case SQLITE.notADatabase:
      return 'corrupt'
    case SQLITE.busy:
    case SQLITE.locked:
      return 'busy'
    case SQLITE.constraint:
      return 'constraint'
    default:
      return undefined
  }
}

function systemFault(code: string): Fault | undefined {
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'full'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'read-only'
  return undefined
}

function isStoreError(error: unknown): error is StoreError {
  return JunctorError.isInstance(error) && error.name === 'StoreError'
}
