import { Buffer } from 'node:buffer'
import type { Stanza } from './baileys.ts'

/** The server itself, as the sender of a stanza. */
export const SERVER = '@s.whatsapp.net'

/** Leaves attributes without a value out: the encoding has no "undefined". */
export function stanza(
  tag: string,
  attributes: { readonly [name: string]: string | undefined } = {},
  content?: Stanza['content'],
): Stanza {
  const attrs: Record<string, string> = {}
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) attrs[name] = value
  return content === undefined ? { tag, attrs } : { tag, attrs, content }
}

export function childrenOf({ content }: Stanza, tag?: string): readonly Stanza[] {
  if (!Array.isArray(content)) return []
  return tag === undefined ? content : content.filter((child) => child.tag === tag)
}

export function childOf(parent: Stanza, tag?: string): Stanza | undefined {
  return childrenOf(parent, tag)[0]
}

/** The bytes that a stanza holds; throws when it holds none. */
export function bytesOf(parent: Stanza | undefined, ...path: readonly string[]): Buffer {
  let current = parent
  for (const tag of path) current = current && childOf(current, tag)
  const content = current?.content
  if (content === undefined || Array.isArray(content)) {
    throw new Error(`The client sent no ${[parent?.tag, ...path].join('/')}`)
  }
  return Buffer.from(content)
}

export function nowSeconds(): string {
  return String(Math.floor(Date.now() / 1000))
}
