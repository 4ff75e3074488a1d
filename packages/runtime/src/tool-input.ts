import type { JsonObject, JsonValue } from '@junctor/agent'

/**
 * What is wrong with a tool's input, in words for the model; undefined when nothing is. Checks what models get wrong, at
 * the top level: that it is an object, that required properties are there and that each has its declared type. The rest
 * of the schema is the tool's own business.
 */
export function findInputProblem(schema: JsonObject, input: JsonValue): string | undefined {
  if (!isObject(input)) return `the input must be a JSON object, not ${typeOf(input)}`
  const { required, properties } = schema
  if (Array.isArray(required)) {
    const missing = (required as readonly JsonValue[]).find(
      (name) => typeof name === 'string' && !Object.hasOwn(input, name),
    )
    if (missing !== undefined) return `${JSON.stringify(missing)} is missing`
  }
  if (!isObject(properties)) return undefined
  for (const [name, value] of Object.entries(input)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (!isObject(property) || property['type'] === undefined) continue
    const types = [property['type']].flat()
    const matches = types.some((type) => hasType(value, type))
    if (!matches)
      return `"${name}" must be ${types.map((type) => JSON.stringify(type)).join(' or ')}, not ${typeOf(value)}`
  }
  return undefined
}

function hasType(value: JsonValue, type: JsonValue): boolean {
  if (type === 'integer') return Number.isInteger(value)
  return typeOf(value) === type || !knownTypes.has(type)
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const knownTypes: ReadonlySet<JsonValue> = new Set([
  'string',
  'number',
  'boolean',
  'null',
  'array',
  'object',
])
