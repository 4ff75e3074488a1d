/** Text that shows every character as it is. Addresses stay as they are: Discord reads no markup into them. */
export function escapeMarkdown(text: string): string {
  let escaped = ''
  let end = 0
  for (const match of text.matchAll(/https?:\/\/[^\s<]+/g)) {
    escaped += escapeMarks(text.slice(end, match.index)) + match[0]
    end = match.index + match[0].length
  }
  return (escaped + escapeMarks(text.slice(end))).replaceAll(lineStart, '$1\\$2')
}

function escapeMarks(text: string): string {
  return text.replaceAll(/[\\*_~`|[]|<(?=[@#:/\w])/g, String.raw`\$&`)
}

/** What makes a heading, a quote, a list or small text; of a number the dot. */
const lineStart = /^([ \t]*\d*)(#{1,3}|-#?|>{1,3}|(?<=\d)\.)(?=[ \t])/gm
