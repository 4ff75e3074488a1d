import { describe, expect, it } from 'vitest'

const { parseMarkdown, parseInline } = await import(
  new URL('../page/markdown.js', import.meta.url).href
)

const text = (value: string) => ({ type: 'text', text: value })

describe('markdown on the page', () => {
  it('knows paragraphs, headings, lists and fences', () => {
    const source = '# Title\n\nOne\nline\n- a\n* b\n3. c\n\n```ts\nlet *x*\n\n```\nend'
    expect(parseMarkdown(source)).toEqual([
      { type: 'heading', level: 1, children: [text('Title')] },
      { type: 'paragraph', children: [text('One\nline')] },
      { type: 'list', isOrdered: false, start: 1, items: [[text('a')], [text('b')]] },
      { type: 'list', isOrdered: true, start: 3, items: [[text('c')]] },
      { type: 'fence', language: 'ts', text: 'let *x*\n' },
      { type: 'paragraph', children: [text('end')] },
    ])
  })

  it('shows a fence that is still being written', () => {
    expect(parseMarkdown('```\nhalf')).toEqual([{ type: 'fence', language: '', text: 'half' }])
  })

  it('knows code, bold, italic and links', () => {
    expect(parseInline('a `**b**` **c *d*** _e_ snake_case_name')).toEqual([
      text('a '),
      { type: 'code', text: '**b**' },
      text(' '),
      { type: 'strong', children: [text('c '), { type: 'em', children: [text('d')] }] },
      text(' '),
      { type: 'em', children: [text('e')] },
      text(' snake_case_name'),
    ])
    expect(parseInline('[here](https://a.example/x) https://b.example/y.')).toEqual([
      { type: 'link', href: 'https://a.example/x', children: [text('here')] },
      text(' '),
      { type: 'link', href: 'https://b.example/y', children: [text('https://b.example/y')] },
      text('.'),
    ])
  })

  it.each([
    '[x](javascript:alert)',
    '[x](data:text/html,hi)',
    '[x](//evil.example)',
    '[x](JaVaScRiPt:1)',
  ])('leaves %s as text', (source) => {
    expect(parseInline(source)).toEqual([text(source)])
  })

  it.each(['[', '*', '**', '`', '_a', '[a](', '**a ', '# ', '- ', 'https://', '* a'])(
    'takes a hundred thousand characters of %j in stride',
    (piece) => {
      const source = piece.repeat(Math.ceil(100_000 / piece.length))
      expect(parseMarkdown(source).length).toBeGreaterThan(0)
    },
  )
})
