import type { MessageEntity } from 'grammy/types'
import type { Formatted } from './formatted.ts'
import { inlineToEntities } from './markdown-inline.ts'

const anyMarkup = /[*_~`[\]<>\\#]|^[ \t]*[-+] /m

/**
 * The part of CommonMark that models write, as Telegram entities. The text only ever loses markup, so it never gets
 * longer; markup without its other half, as in an answer still being written, stays as it is.
 */
export function markdownToEntities(source: string): Formatted {
  if (!anyMarkup.test(source)) return { text: source, entities: [] }
  const lines = source.split('\n')
  const output = createOutput()
  for (let index = 0; index < lines.length;) index = writeBlock(lines, index, output)
  const formatted = output.done()
  // Nothing but markup, as at the beginning of a streamed answer: Telegram refuses an empty text.
  return formatted.text.trim() === '' ? { text: source, entities: [] } : formatted
}

/** Writes the block that begins at a line and returns the index of the line after it. */
function writeBlock(lines: readonly string[], index: number, output: Output): number {
  const line = lines[index] ?? ''
  const fence = readFence(line)
  if (fence) return writeFence(lines, index, fence, output)
  if (quoteLine.test(line)) return writeQuote(lines, index, output)
  const heading = /^ {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/.exec(line)
  if (heading) {
    const { text, entities } = inlineToEntities(heading[1] ?? '')
    // Bold inside a bold heading would be the same entity twice.
    const inner = entities.filter((entity) => entity.type !== 'bold')
    output.line({ text, entities: [span('bold', 0, text.length), ...inner] })
    return index + 1
  }
  return writeParagraph(lines, index, output)
}

/** Lines up to the next block; emphasis may reach over their ends. */
function writeParagraph(lines: readonly string[], index: number, output: Output): number {
  let end = index + 1
  while (end < lines.length && !startsBlock(lines[end] ?? '')) end += 1
  const text = lines
    .slice(index, end)
    .join('\n')
    .replace(/^([ \t]*)[-*+](?=[ \t])/, '$1•')
  output.line(inlineToEntities(text))
  return end
}

const quoteLine = /^ {0,3}>/
const blockStart = /^\s*$|^ {0,3}(?:>|#{1,6}[ \t])|^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]/

function startsBlock(line: string): boolean {
  return blockStart.test(line) || readFence(line) !== undefined
}

interface Fence {
  readonly indent: string
  readonly mark: string
  readonly language: string
}

function readFence(line: string): Fence | undefined {
  const match = /^([ \t]*)(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$/.exec(line)
  if (!match) return undefined
  return { indent: match[1] ?? '', mark: match[2] ?? '', language: match[3] ?? '' }
}

function writeFence(lines: readonly string[], index: number, fence: Fence, output: Output): number {
  const closing = new RegExp(`^[ \\t]*\\${fence.mark[0]}{${fence.mark.length},}[ \\t]*$`)
  let end = index + 1
  while (end < lines.length && !closing.test(lines[end] ?? '')) end += 1
  const code = lines
    .slice(index + 1, end)
    .map((line) => (line.startsWith(fence.indent) ? line.slice(fence.indent.length) : line))
    .join('\n')
  if (code !== '') {
    const language = fence.language ? { language: fence.language } : {}
    output.line({
      text: code,
      entities: [{ type: 'pre', offset: 0, length: code.length, ...language }],
    })
  }
  return end + 1
}

/** Telegram has no quote inside a quote, so all its marks go at once. */
function writeQuote(lines: readonly string[], index: number, output: Output): number {
  let end = index
  while (end < lines.length && quoteLine.test(lines[end] ?? '')) end += 1
  const inner = lines.slice(index, end).map((line) => line.replace(/^(?: {0,3}> ?)+/, ''))
  const { text, entities } = markdownToEntities(inner.join('\n'))
  output.line({ text, entities: [span('blockquote', 0, text.length), ...entities] })
  return end
}

function span(type: 'bold' | 'blockquote', offset: number, length: number): MessageEntity {
  return { type, offset, length }
}

interface Output {
  line(formatted: Formatted): void
  done(): Formatted
}

function createOutput(): Output {
  let text = ''
  let started = false
  const entities: MessageEntity[] = []
  return {
    line(formatted) {
      if (started) text += '\n'
      started = true
      for (const entity of formatted.entities) {
        if (entity.length > 0) entities.push({ ...entity, offset: entity.offset + text.length })
      }
      text += formatted.text
    },
    done: () => ({ text, entities }),
  }
}
