import type { JsonValue } from '@junctor/agent'
import { ToolError } from './errors.ts'

/** Reads the fields of a call's input, each as what the tool's schema says it is. Throws `INVALID_INPUT`. */
export interface InputReader {
  text(field: string): string
  optionalText(field: string): string | undefined
  /** A whole number from `least` to `most`. */
  count(field: string, bounds: CountBounds): number
  flag(field: string): boolean
  /** An object whose values are texts. */
  texts(field: string): Readonly<Record<string, string>>
  oneOf<Choice extends string>(field: string, choices: readonly Choice[]): Choice
}

export interface CountBounds {
  readonly least?: number
  readonly most?: number
  /** Where the call gives none. */
  readonly otherwise: number
}

export function readInput(tool: string, input: JsonValue): InputReader {
  const fields: { readonly [key: string]: unknown } = Object(input)
  const invalid = (problem: string): ToolError => new ToolError(tool, 'INVALID_INPUT', problem)
  const optionalText = (field: string): string | undefined => {
    const value = fields[field]
    if (value === undefined || typeof value === 'string') return value
    throw invalid(`"${field}" must be a text`)
  }

  return {
    optionalText,
    text(field) {
      const value = optionalText(field)
      if (value === undefined || value === '')
        throw invalid(`"${field}" must be a text that is not empty`)
      return value
    },
    count(field, { least = 0, most = Number.MAX_SAFE_INTEGER, otherwise }) {
      const { [field]: value = otherwise } = fields
      if (
        typeof value === 'number' &&
        Number.isSafeInteger(value) &&
        value >= least &&
        value <= most
      )
        return value
      const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`
      throw invalid(`"${field}" must be a whole number from ${least}${upTo}`)
    },
    flag(field) {
      const { [field]: value = false } = fields
      if (typeof value === 'boolean') return value
      throw invalid(`"${field}" must be true or false`)
    },
    texts(field) {
      const { [field]: value = {} } = fields
      const entries =
        typeof value === 'object' && value !== null ? Object.entries(value) : undefined
      if (entries?.every(([, text]) => typeof text === 'string') !== true || Array.isArray(value))
        throw invalid(`"${field}" must be an object of texts`)
      return Object.fromEntries(entries.map(([name, text]) => [name, String(text)]))
    },
    oneOf(field, choices) {
      const found = choices.find((choice) => choice === fields[field])
      if (found !== undefined) return found
      throw invalid(
        `"${field}" must be one of ${choices.map((choice) => `"${choice}"`).join(', ')}`,
      )
    },
  }
}
