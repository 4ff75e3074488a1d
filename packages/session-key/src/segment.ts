/**
 * Writes an id so that it can stand between two colons of a session key. Only what would break a key is touched: `:` and
 * `%`, control characters (databases and logs mangle them), and lone surrogates, which have no UTF-8 form and are written
 * as `%uD800`. Everything else stays as it is, so keys remain readable and no two ids share a spelling.
 */
export function encodeSegment(id: string): string {
  for (let position = 0; position < id.length; position++) {
    if (isSuspect(id.charCodeAt(position))) return escapeSuspects(id)
  }
  return id
}

/** The id behind a segment; undefined when `encodeSegment` would never have written it. */
export function decodeSegment(segment: string): string | undefined {
  const id = segment.includes('%')
    ? segment.replace(/%(?:u([0-9A-F]{4})|([0-9A-F]{2}))/g, (_match, unit, byte) =>
        String.fromCharCode(Number.parseInt(unit ?? byte, 16)),
      )
    : segment
  return encodeSegment(id) === segment ? id : undefined
}

function isSuspect(unit: number): boolean {
  if (unit < 0x7f) return unit === 0x3a || unit === 0x25 || unit < 0x20
  return unit === 0x7f || (unit >= 0xd800 && unit <= 0xdfff)
}

function escapeSuspects(id: string): string {
  let text = ''
  // Iterating by code point keeps a surrogate pair together: only a lone half is a code point in that range.
  for (const character of id) {
    const point = character.codePointAt(0) ?? 0
    if (!isSuspect(point)) text += character
    else if (point > 0xff) text += `%u${point.toString(16).toUpperCase()}`
    else text += `%${point.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return text
}
