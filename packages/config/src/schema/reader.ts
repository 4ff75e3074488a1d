import type { Node } from '../json5/node.ts'
import { looksLikeToken } from '../looks-like-token.ts'
import type { Path, Place, Report } from '../report.ts'
import type { JsonSchema } from './json-schema.ts'
import type { SecretSource } from './secret-source.ts'

/** One value of the text, and where it belongs. */
export interface Source {
  readonly node: Node
  readonly path: Path
}

/** What a reader is given besides the value: whom to tell of problems, and where secrets are. */
export interface ReadContext extends Report {
  readonly secrets: SecretSource
}

/** Turns a value of the text into a typed one; reports what is wrong with it and gives undefined. */
export type Read<Value> = (source: Source, report: ReadContext) => Value | undefined

/** Reads a value, and says as a JSON Schema which values it takes. */
export interface Reader<Value> extends Read<Value> {
  readonly schema: JsonSchema
}

/** `schema` refuses no value that `read` takes, and takes one that `read` refuses only where it cannot say why. */
export function reader<Value>(schema: JsonSchema, read: Read<Value>): Reader<Value> {
  return Object.assign(read.bind(undefined), { schema })
}

/** The same reader with what an editor shows about the setting, and what stands where the file has none. */
export function described<Value>(
  read: Reader<Value>,
  description: string,
  byDefault?: string | number | boolean,
): Reader<Value> {
  const rest = byDefault === undefined ? {} : { default: byDefault }
  return reader({ ...read.schema, description, ...rest }, read)
}

export type ValueOf<R> = R extends Reader<infer Value> ? Value : never

export function placeOf({ node, path }: Source): Place {
  return { path, offset: node.start }
}

/** How messages call what they found: `"80a"`, `the number 12`, `a list`. What looks like a token is not told. */
export function describe(node: Node): string {
  if (node.type !== 'scalar') return kindOf(node)
  if (node.value === '') return 'empty text'
  if (typeof node.value === 'string') return looksLikeToken(node.value) ? 'text' : quote(node.value)
  return typeof node.value === 'number' ? `the number ${node.value}` : String(node.value)
}

/** Long text is cut: a message is one line. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text)
}

function kindOf(node: Node): string {
  if (node.type === 'array') return 'a list'
  if (node.type === 'object') return 'an object'
  return typeof node.value === 'string' ? 'text' : String(node.value)
}

/** `mustBe` for a place in which people may have put a secret: the value is not told. */
export function mustHold<Value>(source: Source, report: Report, what: string): Value | undefined {
  const message = `must be ${what}, not ${kindOf(source.node)}`
  report.error({ ...placeOf(source), hides: true }, 'INVALID_TYPE', message)
  return undefined
}

export function mustBe<Value>(source: Source, report: Report, what: string): Value | undefined {
  report.error(placeOf(source), 'INVALID_TYPE', `must be ${what}, not ${describe(source.node)}`)
  return undefined
}
