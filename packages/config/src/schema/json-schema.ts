/** The part of JSON Schema, draft 7, that the settings need; editors know that draft best. */
export interface JsonSchema {
  readonly type?: ValueType | readonly ValueType[]
  readonly description?: string
  readonly default?: string | number | boolean
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema | false
  readonly propertyNames?: JsonSchema
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly enum?: readonly string[]
  /** Unanchored, as JSON Schema has it. */
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly anyOf?: readonly JsonSchema[]
  readonly not?: JsonSchema
  readonly $ref?: string
  readonly definitions?: Readonly<Record<string, JsonSchema>>
}

type ValueType = 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null'

/** No value at all. `object` leaves such keys out, so that no editor offers them. */
export const nothing: JsonSchema = { not: {} }

/** Text that has more in it than blanks. */
export const anyText: JsonSchema = { type: 'string', pattern: '\\S' }

/** A pattern for a word in any mixture of upper and lower case. */
export function inAnyCase(word: string): string {
  return [...word]
    .map((letter) =>
      /[a-z]/i.test(letter) ? `[${letter.toUpperCase()}${letter.toLowerCase()}]` : letter,
    )
    .join('')
}
