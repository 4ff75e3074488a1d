import type { Node } from '../json5/node.ts'
import { parseJson5 } from '../json5/parse-json5.ts'

export type Renderable = string | boolean | { readonly [key: string]: Renderable | undefined }

/** A value on one line, as the text writes its own. */
export function renderValue(text: string, value: Renderable): string {
  if (typeof value !== 'object') return JSON.stringify(value)
  const members = Object.entries(value).flatMap(([key, content]) =>
    content === undefined ? [] : [renderMember(text, key, renderValue(text, content))],
  )
  return `{ ${members.join(', ')} }`
}

/** Keys in quotes where the text has them so: it may have to stay plain JSON. */
export function renderMember(text: string, key: string, value: string): string {
  const parsed = parseJson5(text)
  const first = parsed.ok && parsed.node ? firstKeyOf(parsed.node) : undefined
  const isQuoted = first !== undefined && text.charAt(first) === '"'
  return `${isQuoted || !/^[A-Za-z_$][\w$]*$/.test(key) ? JSON.stringify(key) : key}: ${value}`
}

function firstKeyOf(node: Node): number | undefined {
  if (node.type === 'object') return node.members[0]?.keyStart
  if (node.type === 'scalar') return undefined
  for (const element of node.elements) {
    const found = firstKeyOf(element)
    if (found !== undefined) return found
  }
  return undefined
}
