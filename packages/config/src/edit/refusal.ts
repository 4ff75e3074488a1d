import type { ProblemCode } from '../problem.ts'
import type { Path } from '../report.ts'

/** Thrown by an edit that cannot be made, and caught where it began. */
export interface Refusal {
  readonly path: Path
  readonly code: ProblemCode
  readonly message: string
  readonly hint: string | undefined
}

export function refuse(path: Path, code: ProblemCode, message: string, hint?: string): never {
  const refusal: Refusal = { path, code, message, hint }
  throw refusal
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'path' in value && 'code' in value
}
