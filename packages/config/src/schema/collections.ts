import { toRecord } from '../record.ts'
import type { JsonSchema } from './json-schema.ts'
import { mustHold, reader, type Reader } from './reader.ts'

export function list<Value>(item: Reader<Value>, what = 'a list'): Reader<readonly Value[]> {
  return reader({ type: 'array', items: item.schema }, ({ node, path }, report) => {
    if (node.type !== 'array') return mustHold({ node, path }, report, what)
    const values = node.elements.map((element, index) =>
      item({ node: element, path: [...path, index] }, report),
    )
    return values.filter((value) => value !== undefined)
  })
}

/** Which names the keys of a record may be. */
export interface NameRule {
  /** As source text, for JSON Schema too. */
  readonly pattern: string
  readonly complaint: (key: string) => string
}

const notBlank: NameRule = { pattern: '\\S', complaint: () => 'a key must not be blank' }

/** An object whose keys are names that people choose. */
export function record<Value>(
  item: Reader<Value>,
  { pattern, complaint }: NameRule = notBlank,
): Reader<Readonly<Record<string, Value>>> {
  const isName = new RegExp(pattern, 'u')
  const schema: JsonSchema = {
    type: 'object',
    propertyNames: { pattern },
    additionalProperties: item.schema,
  }
  return reader(schema, ({ node, path }, report) => {
    if (node.type !== 'object') return mustHold({ node, path }, report, 'an object')
    const entries: [string, Value][] = []
    for (const member of node.members) {
      const { key, keyStart } = member
      const itemPath = [...path, key]
      if (!isName.test(key))
        report.error({ path: itemPath, offset: keyStart }, 'INVALID_ID', complaint(key))
      const value = item({ node: member.value, path: itemPath }, report)
      if (value !== undefined) entries.push([key, value])
    }
    return toRecord(entries)
  })
}
