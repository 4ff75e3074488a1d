/** Control characters of IRC formatting: https://modern.ircdocs.horse/formatting */
const bold = '\u0002'
const italic = '\u001D'
const monospace = '\u0011'

/** Emphasis and code as IRC clients show them; everything else of Markdown reads well as it is. */
export function fromMarkdown(text: string): string {
  return text
    .replaceAll(/`([^`\n]+)`/g, `${monospace}$1${monospace}`)
    .replaceAll(/\*\*([^*\n]+)\*\*/g, `${bold}$1${bold}`)
    .replaceAll(/(?<![\w*])[*_]([^*_\n]+)[*_](?![\w*])/g, `${italic}$1${italic}`)
}

/** Lines that fit into one PRIVMSG each, cut between characters. Empty lines are left out: IRC has none. */
export function toLines(text: string, maxBytes: number): readonly string[] {
  return text
    .split(/\r\n|\r|\n/)
    .flatMap((line) => pieces(line, maxBytes))
    .filter((line) => line !== '')
}

function pieces(line: string, maxBytes: number): readonly string[] {
  const found: string[] = []
  let piece = ''
  let bytes = 0
  for (const { segment } of new Intl.Segmenter().segment(withoutControls(line))) {
    const size = Buffer.byteLength(segment)
    if (bytes + size > maxBytes) {
      found.push(piece)
      piece = ''
      bytes = 0
    }
    piece += segment
    bytes += size
  }
  return [...found, piece]
}

/** A NUL ends a line, and `\x01` would turn it into a request to the reader's client. */
function withoutControls(line: string): string {
  return line.replaceAll('\0', '').replaceAll('\u0001', '')
}
