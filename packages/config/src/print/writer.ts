import type { Member, Node, ScalarNode } from '../json5/node.ts'
import { parseJson5 } from '../json5/parse-json5.ts'
import type { Sources } from '../sources.ts'

/** Writes keys and plain values as the text has them, and new ones in the text's own manner. */
export interface Writer {
  /** Whether the text is plain JSON as far as its keys tell: then nothing is written that JSON does not know. */
  readonly isStrict: boolean
  key(member: Member): string
  scalar(node: ScalarNode): string
  /** Whether the text has a list or object in more than one line. */
  isSeveralLines(node: Node): boolean
}

const keyToken = /^(?:"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|[^\s:/]+)/
/** An escaped character of a key takes six. */
const longestCharacter = 6

export function createWriter(root: Node, sources: Sources): Writer {
  const firstKey = root.type === 'object' ? root.members[0]?.keyStart : undefined
  const isStrict = firstKey !== undefined && sources.slice(firstKey, firstKey + 1) === '"'
  const firstText = firstString(root, sources)

  return {
    isStrict,
    key({ key, keyStart }) {
      const written = keyToken.exec(
        sources.slice(keyStart, keyStart + longestCharacter * key.length + 2),
      )?.[0]
      if (written !== undefined && isKey(written, key)) return written
      return !isStrict && /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key, firstText)
    },
    scalar(node) {
      const written = sources.slice(node.start, node.end)
      const parsed = parseJson5(written)
      const isSame =
        parsed.ok && parsed.node?.type === 'scalar' && Object.is(parsed.node.value, node.value)
      if (isSame && node.implied !== true) return written.trim()
      return typeof node.value === 'string' ? quoted(node.value, firstText) : String(node.value)
    },
    isSeveralLines: (node) => /[\n\r]/.test(sources.slice(node.start, node.end)),
  }
}

function isKey(written: string, key: string): boolean {
  const parsed = parseJson5(`{${written}:0}`)
  return parsed.ok && parsed.node?.type === 'object' && parsed.node.members[0]?.key === key
}

/** The quote that the text begins its first string with. */
function firstString(node: Node, sources: Sources): string {
  const quotes = function* (each: Node): Generator<string> {
    if (each.type === 'scalar') {
      const first = sources.slice(each.start, each.start + 1)
      if (first === '"' || first === "'") yield first
    } else if (each.type === 'array') for (const element of each.elements) yield* quotes(element)
    else for (const { value } of each.members) yield* quotes(value)
  }
  const [first = '"'] = quotes(node)
  return first
}

function quoted(text: string, quote: string): string {
  const inDouble = JSON.stringify(text)
  if (quote === '"' || text.includes("'")) return inDouble
  return `'${inDouble.slice(1, -1).replaceAll('\\"', '"')}'`
}
