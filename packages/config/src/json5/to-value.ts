import type { JsonValue } from '../config.ts'
import { toRecord } from '../record.ts'
import type { Node } from './node.ts'

/** The plain value of a node. Of a key written twice the last one counts. */
export function toValue(node: Node): JsonValue {
  switch (node.type) {
    case 'scalar':
      return node.value
    case 'array':
      return node.elements.map(toValue)
    case 'object':
      return toRecord(node.members.map(({ key, value }) => [key, toValue(value)] as const))
  }
}
