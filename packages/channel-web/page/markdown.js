/**
 * The part of CommonMark that models mostly write, as plain data. Whatever is not recognised stays text.
 *
 * @typedef {{ type: 'text' | 'code', text: string }
 *   | { type: 'strong' | 'em', children: Inline[] }
 *   | { type: 'link', href: string, children: Inline[] }} Inline
 * @typedef {{ type: 'paragraph', children: Inline[] }
 *   | { type: 'heading', level: number, children: Inline[] }
 *   | { type: 'fence', language: string, text: string }
 *   | { type: 'list', isOrdered: boolean, start: number, items: Inline[][] }} Block
 */

const fence = /^ {0,3}(`{3,}|~{3,})[ \t]*([\w+#.-]*)/
const heading = /^(#{1,6})[ \t]+(\S.*)$/
const item = /^[ \t]{0,6}(?:[-*+]|(\d{1,9})[.)])[ \t]+(\S.*)$/

/**
 * @param {string} source
 * @returns {Block[]}
 */
export function parseMarkdown(source) {
  const lines = source.replaceAll('\r\n', '\n').split('\n')
  /** @type {Block[]} */
  const blocks = []
  let index = 0
  while (index < lines.length) {
    const { block, next } = parseBlock(lines, index)
    if (block !== undefined) blocks.push(block)
    index = next
  }
  return blocks
}

/**
 * @param {string[]} lines
 * @param {number} index
 * @returns {{ block?: Block, next: number }}
 */
function parseBlock(lines, index) {
  const line = lines[index]
  if (line.trim() === '') return { next: index + 1 }
  if (fence.test(line)) return parseFence(lines, index)
  const title = heading.exec(line)
  if (title !== null) {
    const block = { type: 'heading', level: title[1].length, children: parseInline(title[2]) }
    return { block, next: index + 1 }
  }
  if (item.test(line)) return parseList(lines, index)
  let next = index + 1
  while (next < lines.length && isParagraphLine(lines[next])) next += 1
  const text = lines.slice(index, next).join('\n')
  return { block: { type: 'paragraph', children: parseInline(text) }, next }
}

/** @param {string} line */
function isParagraphLine(line) {
  return line.trim() !== '' && !fence.test(line) && !heading.test(line) && !item.test(line)
}

// An answer that is still being written often ends inside a fence: then the fence reaches to the end.
/**
 * @param {string[]} lines
 * @param {number} index
 */
function parseFence(lines, index) {
  const [, mark, language] = fence.exec(lines[index])
  let next = index + 1
  while (next < lines.length && !isClosing(lines[next], mark)) next += 1
  const text = lines.slice(index + 1, next).join('\n')
  return { block: { type: 'fence', language, text }, next: next + 1 }
}

/**
 * @param {string} line
 * @param {string} mark
 */
function isClosing(line, mark) {
  const trimmed = line.trim()
  return trimmed.startsWith(mark) && trimmed.replaceAll(mark[0], '') === ''
}

/**
 * @param {string[]} lines
 * @param {number} index
 */
function parseList(lines, index) {
  const [, number] = item.exec(lines[index])
  const isOrdered = number !== undefined
  const items = []
  let next = index
  while (next < lines.length) {
    const match = item.exec(lines[next])
    if (match === null || (match[1] !== undefined) !== isOrdered) break
    items.push(parseInline(match[2]))
    next += 1
  }
  return { block: { type: 'list', isOrdered, start: isOrdered ? Number(number) : 1, items }, next }
}

// One pass over the text. No alternative can match across another's mark, which keeps the time linear.
const inline = new RegExp(
  [
    '`([^`\\n]+)`',
    '\\*\\*((?:[^*\\n]|\\*(?!\\*)|\\*(?=\\*\\*(?!\\*)))+)\\*\\*',
    '\\*([^*\\s](?:[^*\\n]*[^*\\s])?)\\*',
    '(?<!\\w)_([^_\\s](?:[^_\\n]*[^_\\s])?)_(?!\\w)',
    '\\[([^\\[\\]\\n]+)\\]\\(([^()\\s]+)\\)',
    '(https?://[^\\s<>"\'`*]+[^\\s<>"\'`*.,;:!?()])',
  ].join('|'),
  'g',
)

/**
 * @param {string} text
 * @returns {Inline[]}
 */
export function parseInline(text) {
  /** @type {Inline[]} */
  const parts = []
  let end = 0
  for (const match of text.matchAll(inline)) {
    const part = toInline(match)
    if (part === undefined) continue
    if (match.index > end) parts.push({ type: 'text', text: text.slice(end, match.index) })
    parts.push(part)
    end = match.index + match[0].length
  }
  if (end < text.length) parts.push({ type: 'text', text: text.slice(end) })
  return parts
}

/**
 * @param {RegExpMatchArray} match
 * @returns {Inline | undefined}
 */
function toInline([, code, strong, star, underscore, label, target, url]) {
  if (code !== undefined) return { type: 'code', text: code }
  if (strong !== undefined) return { type: 'strong', children: parseInline(strong) }
  const em = star ?? underscore
  if (em !== undefined) return { type: 'em', children: parseInline(em) }
  if (url !== undefined && isSafeLink(url)) {
    return { type: 'link', href: url, children: [{ type: 'text', text: url }] }
  }
  if (target === undefined || !isSafeLink(target)) return undefined
  return { type: 'link', href: target, children: [{ type: 'text', text: label }] }
}

/** @param {string} href */
function isSafeLink(href) {
  return URL.canParse(href) && ['http:', 'https:', 'mailto:'].includes(new URL(href).protocol)
}
