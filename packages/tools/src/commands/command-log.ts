/** What a command has printed: the last part of it, and how much there was in all. */
export interface CommandLog {
  add(part: Uint8Array): void
  /** What has come since this was last asked. */
  news(): string
  /** Everything that is still kept. */
  text(): string
  /** Characters printed so far. */
  readonly length: number
}

export function createCommandLog(keep: number): CommandLog {
  // Half of a character may come with the next part.
  const decoder = new TextDecoder()
  let kept = ''
  let length = 0
  let told = 0

  const since = (start: number): string => {
    const missing = length - kept.length
    if (start >= missing) return kept.slice(start - missing)
    return `[${missing - start} characters are no longer kept]\n${kept}`
  }

  return {
    add(part) {
      const text = decoder.decode(part, { stream: true })
      length += text.length
      kept = (kept + text).slice(-keep)
    },
    news() {
      const text = since(told)
      told = length
      return text
    },
    text: () => since(0),
    get length() {
      return length
    },
  }
}
