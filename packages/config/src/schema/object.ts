import type { ObjectNode } from '../json5/node.ts'
import type { Path, Report } from '../report.ts'
import { nearest } from './nearest.ts'
import { nothing, type JsonSchema } from './json-schema.ts'
import { mustHold, quote, reader, type Reader, type ValueOf } from './reader.ts'

export interface Shape {
  readonly [key: string]: Reader<unknown>
}

export interface ObjectOptions {
  /** Keys of the documented shape that this version does not act on yet. */
  readonly unavailable?: readonly string[]
  /** Such keys that take something away from agents or people: a file is never read without them. */
  readonly withheld?: readonly string[]
  /** What to write instead of a key that people bring from elsewhere. */
  readonly instead?: Readonly<Record<string, string>>
  /** What to write where a required key is missing, from the keys that are there. */
  readonly whereMissing?: (key: string, written: readonly string[]) => string | undefined
  /** Keys that somebody else reads from the same object: a typing mistake may mean one of them. */
  readonly alsoKnown?: readonly string[]
}

type Required<S extends Shape> = { readonly [K in keyof S]: ValueOf<S[K]> }
type Optional<S extends Shape> = { readonly [K in keyof S]?: ValueOf<S[K]> }

/** An object with these keys and no others. Undefined when a required key is missing or wrong. */
export function object<R extends Shape, O extends Shape>(
  required: R,
  optional: O,
  options: ObjectOptions = {},
): Reader<Required<R> & Optional<O>> {
  const known = [...Object.keys(required), ...Object.keys(optional), ...(options.alsoKnown ?? [])]
  return reader<Required<R> & Optional<O>>(schemaOf(required, optional), (source, report) => {
    const { node, path } = source
    if (node.type !== 'object') return mustHold(source, report, 'an object')
    const result: Record<string, unknown> = {}
    for (const { key, keyStart, value } of node.members) {
      const read = own(required, key) ?? own(optional, key)
      const member = { node: value, path: [...path, key] }
      if (read === undefined) {
        reportUnread({ path: member.path, offset: keyStart }, key, known, options, report)
        continue
      }
      const content = read(member, report)
      if (content !== undefined) result[key] = content
    }
    reportMissing(node, path, Object.keys(required), options, report)
    const isComplete = Object.keys(required).every((key) => Object.hasOwn(result, key))
    return isComplete ? (result as Required<R> & Optional<O>) : undefined
  })
}

function schemaOf(required: Shape, optional: Shape): JsonSchema {
  const entries = Object.entries({ ...required, ...optional }).map(
    ([key, { schema }]) => [key, schema] as const,
  )
  const names = Object.keys(required)
  return {
    type: 'object',
    properties: Object.fromEntries(entries.filter(([, schema]) => schema !== nothing)),
    ...(names.length === 0 ? {} : { required: names }),
    additionalProperties: false,
  }
}

function reportUnread(
  place: { readonly path: Path; readonly offset: number },
  key: string,
  known: readonly string[],
  { unavailable = [], withheld = [], instead = {} }: ObjectOptions,
  report: Report,
): void {
  if (unavailable.includes(key) || withheld.includes(key)) {
    const message = `${quote(key)} is not available in this version, and would have no effect`
    if (withheld.includes(key)) report.error(place, 'NOT_AVAILABLE', message, 'remove it')
    else report.unavailable(place, message, 'remove it')
    return
  }
  const hint = own(instead, key) ?? cureOf(key, known)
  report.error(place, 'UNKNOWN_KEY', `unknown key ${quote(key)}`, hint)
}

/** So many keys are read in one line. */
const fewKeys = 12

function cureOf(key: string, known: readonly string[]): string {
  const suggestion = nearest(key, known)
  if (suggestion !== undefined) return `did you mean "${suggestion}"?`
  if (known.length === 0) return 'remove it'
  const more = known.length - fewKeys
  return `the keys here are ${known.slice(0, fewKeys).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

function reportMissing(
  node: ObjectNode,
  path: Path,
  required: readonly string[],
  { whereMissing }: ObjectOptions,
  report: Report,
): void {
  const written = node.members.map(({ key }) => key)
  for (const key of required) {
    if (written.includes(key)) continue
    const hint = whereMissing?.(key, written)
    report.error({ path, offset: node.start }, 'MISSING_KEY', `${quote(key)} is missing`, hint)
  }
}

function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}
