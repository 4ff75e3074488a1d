import type { Node } from '../json5/node.ts'
import type { Path, Report } from '../report.ts'
import { quote } from '../schema/reader.ts'
import type { Sources } from '../sources.ts'

/** JSON5 lets the last one win in silence; here that hides a setting, so it is an error. */
export function checkDuplicateKeys(
  sources: Sources,
  node: Node,
  report: Report,
  path: Path = [],
): void {
  if (node.type === 'array') {
    for (const [index, element] of node.elements.entries())
      checkDuplicateKeys(sources, element, report, [...path, index])
  }
  if (node.type !== 'object') return
  const seen = new Map<string, number>()
  for (const { key, keyStart, value } of node.members) {
    const first = seen.get(key)
    const place = { path: [...path, key], offset: keyStart }
    if (first !== undefined) {
      const { line } = sources.locate(first)
      const message = `the key ${quote(key)} stands twice in one object, first in line ${line}`
      report.error(place, 'DUPLICATE_KEY', message, 'keep one')
    } else seen.set(key, keyStart)
    checkDuplicateKeys(sources, value, report, place.path)
  }
}
