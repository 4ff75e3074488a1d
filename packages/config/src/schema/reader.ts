import type { Node } from '../json5/node.ts'
import type { Path, Place, Report } from '../report.ts'

/** One value of the text, and where it belongs. */
export interface Source {
  readonly node: Node
  readonly path: Path
}

/** Turns a value of the text into a typed one; reports what is wrong with it and gives undefined. */
export type Reader<Value> = (source: Source, report: Report) => Value | undefined

export type ValueOf<Read> = Read extends Reader<infer Value> ? Value : never

export function placeOf({ node, path }: Source): Place {
  return { path, offset: node.start }
}

/** How messages call what they found: `"80a"`, `the number 12`, `a list`. */
export function describe(node: Node): string {
  if (node.type === 'array') return 'a list'
  if (node.type === 'object') return 'an object'
  if (typeof node.value === 'string') return node.value === '' ? 'empty text' : quote(node.value)
  return typeof node.value === 'number' ? `the number ${node.value}` : String(node.value)
}

/** Long text is cut: a message is one line. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text)
}

export function mustBe<Value>(source: Source, report: Report, what: string): Value | undefined {
  report.error(placeOf(source), 'INVALID_TYPE', `must be ${what}, not ${describe(source.node)}`)
  return undefined
}
