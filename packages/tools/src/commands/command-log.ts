/** What a command has printed: the last part of it, and how much there was in all. */
export interface CommandLog {
  add(part: Uint8Array): void
  /** What has come since this was last asked: of more than an answer holds the end. */
  news(): string
  /** As much as an answer holds from this character on, counted from the first that was printed. Past all of them: the end. */
  text(from: number): string
}

export interface CommandLogOptions {
  /** Of the command. */
  readonly id: string
  /** Characters that are kept. */
  readonly keep: number
  /** Characters of one answer. How the command stands is told behind them, and must not be what is cut off. */
  readonly show: number
}

export function createCommandLog({ id, keep, show }: CommandLogOptions): CommandLog {
  // Half of a character may come with the next part.
  const decoder = new TextDecoder()
  let kept = ''
  let length = 0
  let told = 0

  const shown = (from: number): string => {
    const at = kept.length - (length - from)
    return kept.slice(at, at + show)
  }
  const endSince = (start: number): string => {
    const from = Math.max(start, length - show)
    if (from === start) return shown(from)
    return `[${from - start} characters before this are left out: ask process for the log of ${id}, with an offset]\n${shown(from)}`
  }

  return {
    add(part) {
      const text = decoder.decode(part, { stream: true })
      length += text.length
      kept = (kept + text).slice(-keep)
    },
    news() {
      const text = endSince(told)
      told = length
      return text
    },
    text(from) {
      if (from >= length) return endSince(0)
      const first = Math.max(from, length - kept.length)
      const text = shown(first)
      const next = first + text.length
      return [
        first > from ? `[${first - from} characters are no longer kept]\n` : '',
        text,
        next < length ? `\n[${length - next} more characters, from offset ${next}]` : '',
      ].join('')
    },
  }
}
