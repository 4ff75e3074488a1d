import { toRecord } from '../record.ts'
import { mustBe, type Reader } from './reader.ts'

export function list<Value>(item: Reader<Value>, what = 'a list'): Reader<readonly Value[]> {
  return ({ node, path }, report) => {
    if (node.type !== 'array') return mustBe({ node, path }, report, what)
    const values = node.elements.map((element, index) =>
      item({ node: element, path: [...path, index] }, report),
    )
    return values.filter((value) => value !== undefined)
  }
}

/** An object whose keys are names that people choose. `checkKey` says what is wrong with one. */
export function record<Value>(
  item: Reader<Value>,
  checkKey: (key: string) => string | undefined = isBlank,
): Reader<Readonly<Record<string, Value>>> {
  return ({ node, path }, report) => {
    if (node.type !== 'object') return mustBe({ node, path }, report, 'an object')
    const entries: [string, Value][] = []
    for (const member of node.members) {
      const itemPath = [...path, member.key]
      const complaint = checkKey(member.key)
      if (complaint !== undefined)
        report.error({ path: itemPath, offset: member.keyStart }, 'INVALID_ID', complaint)
      const value = item({ node: member.value, path: itemPath }, report)
      if (value !== undefined) entries.push([member.key, value])
    }
    return toRecord(entries)
  }
}

function isBlank(key: string): string | undefined {
  return key.trim() === '' ? 'a key must not be blank' : undefined
}
