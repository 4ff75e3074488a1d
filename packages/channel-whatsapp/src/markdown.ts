import { Marked, type Token, type Tokens } from 'marked'

/** Of its own, so that nobody else's extensions apply. */
const markdown = new Marked()

/** Markdown in WhatsApp's own marks: https://faq.whatsapp.com/539178204879377. Half-written markup stays as it is. */
export function toWhatsAppMarks(source: string): string {
  const text = blocks(markdown.lexer(source)).trim()
  return text === '' ? source : text
}

function blocks(tokens: readonly Token[]): string {
  return tokens
    .map(block)
    .filter((text) => text !== '')
    .join('\n\n')
}

function block(token: Token): string {
  switch (token.type) {
    case 'space':
    case 'def':
      return ''
    case 'heading':
      // Bold inside a bold line would end it.
      return wrapped('*', inline(childrenOf(token).flatMap(withoutStrong)))
    case 'code':
      return `\`\`\`${(token as Tokens.Code).text}\`\`\``
    case 'blockquote':
      return blocks(childrenOf(token))
        .split('\n')
        .map((line) => `> ${line}`.trimEnd())
        .join('\n')
    case 'list':
      return list(token as Tokens.List)
    case 'table':
      return table(token as Tokens.Table)
    case 'hr':
      return '---'
    case 'paragraph':
      return inline(childrenOf(token))
    default:
      return token.raw.trimEnd()
  }
}

function list({ items, ordered, start }: Tokens.List): string {
  return items
    .map((item, index) => {
      const mark = ordered ? `${(start || 1) + index}.` : '-'
      const box = item.task ? `[${item.checked ? 'x' : ' '}] ` : ''
      const text = item.tokens
        .filter(({ type }) => type !== 'checkbox')
        .map((token) => (token.type === 'text' ? inline(childrenOf(token)) : block(token)))
        .filter((part) => part !== '')
        .join('\n')
        .replaceAll('\n', '\n  ')
      return `${mark} ${box}${text}`
    })
    .join('\n')
}

function table({ header, rows }: Tokens.Table): string {
  const line = (cells: readonly Tokens.TableCell[]): string =>
    cells.map(({ tokens }) => inline(tokens)).join(' | ')
  return [line(header), ...rows.map(line)].join('\n')
}

function inline(tokens: readonly Token[]): string {
  return tokens.map(inlinePart).join('')
}

function inlinePart(token: Token): string {
  switch (token.type) {
    case 'strong':
      return wrapped('*', inline(childrenOf(token)))
    case 'em':
      return wrapped('_', inline(childrenOf(token)))
    case 'del':
      return wrapped('~', inline(childrenOf(token)))
    case 'link': {
      const { href } = token as Tokens.Link
      const text = inline(childrenOf(token))
      return text === href || text === '' || `mailto:${text}` === href
        ? text || href
        : `${text} (${href})`
    }
    case 'image': {
      const { text, href } = token as Tokens.Image
      return text ? `${text} (${href})` : href
    }
    case 'escape':
      return (token as Tokens.Escape).text
    case 'br':
      return '\n'
    case 'text':
      return token.tokens ? inline(token.tokens) : token.raw
    default:
      return token.raw
  }
}

/** A mark that touches a blank is shown as it is, so blanks move out of it. */
function wrapped(mark: string, text: string): string {
  const inner = text.trim()
  if (inner === '') return text
  const start = text.indexOf(inner)
  return `${text.slice(0, start)}${mark}${inner}${mark}${text.slice(start + inner.length)}`
}

function withoutStrong(token: Token): readonly Token[] {
  return token.type === 'strong' ? childrenOf(token) : [token]
}

function childrenOf(token: Token): readonly Token[] {
  return 'tokens' in token ? (token.tokens ?? []) : []
}
