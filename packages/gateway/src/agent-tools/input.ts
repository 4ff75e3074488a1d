import type { JsonValue } from '@junctor/agent'
import { fieldOf } from '../envelopes.ts'

/** A whole number of a call's input between two bounds. Throws what the model is to read. */
export function countOf(
  input: JsonValue,
  name: string,
  { least, most, otherwise }: Readonly<Record<'least' | 'most' | 'otherwise', number>>,
): number {
  const value = fieldOf(input, name) ?? otherwise
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most)
    return value
  throw new TypeError(`"${name}" must be a whole number from ${least} to ${most}`)
}
