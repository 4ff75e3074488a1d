import { codeBlock } from './code-block.ts'
import { inlineToDiscord } from './markdown-inline.ts'
import { readTable, writeTable } from './markdown-table.ts'

/**
 * CommonMark as models write it, in what Discord shows of it: https://support.discord.com/hc/en-us/articles/210298617
 * Most is the same. What is not: headings beyond the third, nested quotes, fences of tildes, tables, rules, images, `__bold__`.
 */
export function toDiscordMarkdown(source: string): string {
  const lines = source.split('\n')
  const output: string[] = []
  for (let index = 0; index < lines.length;) index = writeBlock(lines, index, output)
  const text = output.join('\n')
  return text.trim() === '' ? source : text
}

/** Writes the block that begins at a line and returns the index of the line after it. */
function writeBlock(lines: readonly string[], index: number, output: string[]): number {
  const line = lines[index] ?? ''
  const fence = /^([ \t]*)(`{3,}|~{3,})[ \t]*([^`]*)$/.exec(line)
  if (fence) return writeFence(lines, index, fence, output)
  if (quoteLine.test(line)) return writeQuote(lines, index, output)
  const table = readTable(lines, index)
  if (table) {
    output.push(...writeTable(table.rows))
    return table.end
  }
  if (rule.test(line)) output.push('───')
  else if (heading.test(line)) output.push(writeHeading(line))
  else return writeParagraph(lines, index, output)
  return index + 1
}

const quoteLine = /^ {0,3}>/
const rule = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/
const heading = /^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/
const blockStart =
  /^\s*$|^ {0,3}(?:>|#{1,6}[ \t])|^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]|^[ \t]*(?:`{3}|~{3})/

function writeHeading(line: string): string {
  const [, marks = '#', title = ''] = heading.exec(line) ?? []
  const text = inlineToDiscord(title)
  if (marks.length <= 3) return `${marks} ${text}`
  return text === '' ? '' : `**${text.replaceAll('**', '')}**`
}

/** Lines up to the next block; emphasis may reach over their ends. */
function writeParagraph(lines: readonly string[], index: number, output: string[]): number {
  let end = index + 1
  while (end < lines.length && !blockStart.test(lines[end] ?? '') && !readTable(lines, end)) {
    end += 1
  }
  const text = lines.slice(index, end).join('\n')
  const item = /^([ \t]*)(?:[-*+]|(\d{1,9})[.)])([ \t]+)(?:\[([ xX])\][ \t])?/.exec(text)
  if (!item) output.push(inlineToDiscord(text))
  else {
    const [whole, indent = '', number, space = ' ', box] = item
    const mark = number === undefined ? '-' : `${number}.`
    const tick = box === undefined ? '' : box === ' ' ? '☐ ' : '☑ '
    output.push(indent + mark + space + tick + inlineToDiscord(text.slice(whole.length)))
  }
  return end
}

/** Closed also where the answer is still being written, because Discord shows an open one as it is. */
function writeFence(
  lines: readonly string[],
  index: number,
  [, indent = '', mark = '', info = '']: RegExpExecArray,
  output: string[],
): number {
  const closing = new RegExp(`^[ \\t]*\\${mark[0]}{${mark.length},}[ \\t]*$`)
  let end = index + 1
  while (end < lines.length && !closing.test(lines[end] ?? '')) end += 1
  const code = lines
    .slice(index + 1, end)
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
  const language = /^[\w+.#-]*(?=\s|$)/.exec(info)?.[0]
  output.push(...codeBlock(language === undefined ? [info, ...code] : code, language))
  return end + 1
}

/** Discord has no quote inside a quote, so all marks become one. */
function writeQuote(lines: readonly string[], index: number, output: string[]): number {
  let end = index
  while (end < lines.length && quoteLine.test(lines[end] ?? '')) end += 1
  const inner = lines.slice(index, end).map((line) => line.replace(/^(?: {0,3}> ?)+/, ''))
  for (const line of toDiscordMarkdown(inner.join('\n')).split('\n')) output.push(`> ${line}`)
  return end
}
