import { element } from './dom.js'
import { parseMarkdown } from './markdown.js'

/**
 * @param {string} source
 * @returns {Node[]}
 */
export function renderMarkdown(source) {
  return parseMarkdown(source).map(renderBlock)
}

/** @param {import('./markdown.js').Block} block */
function renderBlock(block) {
  switch (block.type) {
    case 'fence': {
      const code = element('code', {}, block.text)
      return element('pre', { tabindex: '0', 'data-language': block.language || undefined }, code)
    }
    case 'list': {
      const items = block.items.map((item) => element('li', {}, ...item.map(renderInline)))
      const start = block.start === 1 ? undefined : String(block.start)
      return block.isOrdered ? element('ol', { start }, ...items) : element('ul', {}, ...items)
    }
    case 'heading': {
      // Below the page's own headings.
      return element(block.level === 1 ? 'h3' : 'h4', {}, ...block.children.map(renderInline))
    }
    default:
      return element('p', {}, ...block.children.map(renderInline))
  }
}

/**
 * @param {import('./markdown.js').Inline} part
 * @returns {Node}
 */
function renderInline(part) {
  switch (part.type) {
    case 'text':
      return document.createTextNode(part.text)
    case 'code':
      return element('code', {}, part.text)
    case 'link':
      return element(
        'a',
        { href: part.href, target: '_blank', rel: 'noopener noreferrer' },
        ...part.children.map(renderInline),
      )
    default:
      return element(part.type, {}, ...part.children.map(renderInline))
  }
}
