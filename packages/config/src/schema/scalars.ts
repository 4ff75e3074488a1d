import type { ProblemCode } from '../problem.ts'
import { nearest } from './nearest.ts'
import { anyText, type JsonSchema } from './json-schema.ts'
import { describe, mustBe, placeOf, quote, reader, type Reader } from './reader.ts'

/** Text with something in it, taken exactly as it is written. */
export function text(what = 'text'): Reader<string> {
  return reader(anyText, (source, report) => {
    const { node } = source
    if (node.type === 'scalar' && typeof node.value === 'number') {
      report.error(
        placeOf(source),
        'INVALID_TYPE',
        `must be ${what}, not the number ${node.value}`,
        'put quotes around it',
      )
      return undefined
    }
    if (node.type !== 'scalar' || typeof node.value !== 'string')
      return mustBe(source, report, what)
    if (node.value.trim() !== '') return node.value
    report.error(placeOf(source), 'INVALID_VALUE', 'must not be blank')
    return undefined
  })
}

export function boolean(): Reader<boolean> {
  return reader({ type: 'boolean' }, (source, report) =>
    source.node.type === 'scalar' && typeof source.node.value === 'boolean'
      ? source.node.value
      : mustBe(source, report, 'true or false'),
  )
}

export function wholeNumber(from: number, to = Number.MAX_SAFE_INTEGER): Reader<number> {
  const range = to === Number.MAX_SAFE_INTEGER ? `of at least ${from}` : `from ${from} to ${to}`
  const schema: JsonSchema = { type: 'integer', minimum: from, maximum: to }
  return reader(schema, (source, report) => {
    const { node } = source
    const value = node.type === 'scalar' ? node.value : undefined
    if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to)
      return value
    return mustBe(source, report, `a whole number ${range}`)
  })
}

export function number(from: number): Reader<number> {
  return reader<number>({ type: 'number', minimum: from }, (source, report) => {
    const { node } = source
    const value = node.type === 'scalar' ? node.value : undefined
    if (typeof value === 'number' && Number.isFinite(value) && value >= from) return value
    return mustBe(source, report, `a number of at least ${from}`)
  })
}

export function oneOf<const Value extends string>(...values: readonly Value[]): Reader<Value> {
  return reader<Value>({ type: 'string', enum: values }, (source, report) => {
    const { node } = source
    const found = values.find((value) => node.type === 'scalar' && node.value === value)
    if (found !== undefined) return found
    const word = node.type === 'scalar' && typeof node.value === 'string' ? node.value : undefined
    const suggestion = word === undefined ? undefined : nearest(word, values)
    report.error(
      placeOf(source),
      word === undefined ? 'INVALID_TYPE' : 'INVALID_VALUE',
      `must be ${either(values)}, not ${describe(node)}`,
      suggestion === undefined ? undefined : `did you mean ${quote(suggestion)}?`,
    )
    return undefined
  })
}

/** Passes a value on, changed by `change`, unless that gives a complaint. `schema` says of which values it has none. */
export function refine<Value, Result>(
  read: Reader<Value>,
  change: (value: Value) => { readonly value: Result } | Complaint,
  schema: JsonSchema = read.schema,
): Reader<Result> {
  return reader(schema, (source, report) => {
    const value = read(source, report)
    if (value === undefined) return undefined
    const result = change(value)
    if ('value' in result) return result.value
    report.error(placeOf(source), result.code ?? 'INVALID_VALUE', result.message, result.hint)
    return undefined
  })
}

export interface Complaint {
  readonly message: string
  readonly hint?: string
  /** Default `INVALID_VALUE`. */
  readonly code?: ProblemCode
}

export function either(values: readonly string[]): string {
  const quoted = values.map((value) => JSON.stringify(value))
  return quoted.length < 2
    ? quoted.join('')
    : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
}
