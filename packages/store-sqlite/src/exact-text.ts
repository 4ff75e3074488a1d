const MARK = '\u0001'

/**
 * SQLite keeps text as UTF-8, in which unpaired surrogates all become the same replacement character: two ids would meet.
 * Such text is stored as JSON behind a mark; any other is stored as it is.
 */
export function toStored(text: string): string {
  return text.isWellFormed() && !text.startsWith(MARK) ? text : MARK + JSON.stringify(text)
}

export function fromStored(stored: string): string {
  return stored.startsWith(MARK) ? (JSON.parse(stored.slice(MARK.length)) as string) : stored
}
