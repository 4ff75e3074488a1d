import type { JsonValue } from './config.ts'
import { parseJson5 } from './json5/parse-json5.ts'
import { shift } from './json5/shift.ts'
import { array, member, nodeAt, object, put, scalar } from './json5/tree.ts'
import type { Node } from './json5/node.ts'
import type { Sources } from './sources.ts'

/** An agent or a binding that does not stand in the file, as the file would have it. */
export interface Addition {
  /** Names it in problems, in the place of a file: `runtime agent "sales"`. */
  readonly name: string
  readonly section: 'agents' | 'bindings'
  readonly value: JsonValue
}

/** Puts agents and bindings behind those of a canonical tree. A tree without agents keeps `main`, which it has by default. */
export function withAdditions(
  root: Node | undefined,
  additions: readonly Addition[],
  sources: Sources,
): Node | undefined {
  let extended = root
  for (const { name, section, value } of additions) {
    const node = nodeOf(value, name, sources)
    const whole = extended ?? object([], node)
    const path = section === 'agents' ? ['agents', 'list'] : ['bindings']
    const list = nodeAt(whole, path)
    if (list !== undefined && list.type !== 'array') continue
    const known = list?.elements ?? []
    const first = section === 'agents' && known.length === 0 ? [mainAgent(node)] : known
    extended = put(whole, path, array([...first, node], list ?? node))
  }
  return extended
}

function nodeOf(value: JsonValue, name: string, sources: Sources): Node {
  const text = JSON.stringify(value)
  const base = sources.add(text, name)
  const parsed = parseJson5(text)
  return parsed.ok && parsed.node !== undefined
    ? shift(parsed.node, base)
    : scalar(null, { start: base, end: base })
}

function mainAgent({ start, end }: Node): Node {
  const place = { start, end, implied: true } as const
  return object([member('id', scalar('main', place))], place)
}
