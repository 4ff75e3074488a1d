import { describe, expect, it } from 'vitest'
import { markdownToEntities } from './markdown.ts'

/** The text with each entity written around its part, outermost first. */
function marked(source: string): string {
  const { text, entities } = markdownToEntities(source)
  const edges = entities.flatMap(({ type, offset, length }) => [
    { at: offset, order: [1, -length] as const, tag: `<${type}>` },
    { at: offset + length, order: [0, length] as const, tag: `</${type}>` },
  ])
  edges.sort(
    (one, other) =>
      other.at - one.at || other.order[0] - one.order[0] || other.order[1] - one.order[1],
  )
  let result = text
  for (const { at, tag } of edges) result = result.slice(0, at) + tag + result.slice(at)
  return result
}

describe('markdown for Telegram', () => {
  it.each([
    ['plain text', 'plain text'],
    ['**bold** and __bold__', '<bold>bold</bold> and <bold>bold</bold>'],
    ['*italic* and _italic_', '<italic>italic</italic> and <italic>italic</italic>'],
    ['**bold _inside_ it**', '<bold>bold <italic>inside</italic> it</bold>'],
    ['~~gone~~ but ~5', '<strikethrough>gone</strikethrough> but ~5'],
    ['run `npm i` now', 'run <code>npm i</code> now'],
    ['`` a ` b ``', '<code>a ` b</code>'],
    ['`**not bold**`', '<code>**not bold**</code>'],
    [String.raw`\*not\* \_this\_`, '*not* _this_'],
    ['snake_case_name', 'snake_case_name'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['**two\nlines**', '<bold>two\nlines</bold>'],
  ])('reads %j', (source, expected) => {
    expect(marked(source)).toBe(expected)
  })

  it('reads bold and italic around the same words', () => {
    expect(markdownToEntities('***both***')).toEqual({
      text: 'both',
      entities: [
        { type: 'bold', offset: 0, length: 4 },
        { type: 'italic', offset: 0, length: 4 },
      ],
    })
  })

  it('shows headings in bold and lists with bullets', () => {
    expect(marked('## A **b** ##\n- one\n* two\n  + three\n1. four')).toBe(
      '<bold>A b</bold>\n• one\n• two\n  • three\n1. four',
    )
  })

  it('keeps code blocks with their language', () => {
    const { text, entities } = markdownToEntities('See:\n```ts\nlet a = **1**\n```\ndone')
    expect(text).toBe('See:\nlet a = **1**\ndone')
    expect(entities).toEqual([{ type: 'pre', offset: 5, length: 13, language: 'ts' }])
  })

  it('takes the indentation of a fence off its code', () => {
    expect(marked('- item\n  ```\n  code\n    more\n  ```')).toBe('• item\n<pre>code\n  more</pre>')
  })

  it('makes quotes, with formatting inside', () => {
    expect(marked('> a **b**\n> c\n\nd')).toBe('<blockquote>a <bold>b</bold>\nc</blockquote>\n\nd')
    expect(marked('> a\n> > b')).toBe('<blockquote>a\nb</blockquote>')
  })

  it('turns links and images into links, and leaves what is no address', () => {
    expect(markdownToEntities('[a *b*](https://example.org/x_(y))')).toEqual({
      text: 'a b',
      entities: [
        { type: 'text_link', offset: 0, length: 3, url: 'https://example.org/x_(y)' },
        { type: 'italic', offset: 2, length: 1 },
      ],
    })
    expect(marked('![alt](https://example.org/a.png)')).toBe('<text_link>alt</text_link>')
    expect(marked('[a](file.md) [b] <https://example.org>')).toBe(
      '[a](file.md) [b] https://example.org',
    )
    expect(marked('[a](javascript:alert)')).toBe('[a](javascript:alert)')
  })

  it('counts offsets in UTF-16 code units', () => {
    const { text, entities } = markdownToEntities('👩‍👩‍👧 **é 🎉** x')
    const [bold] = entities
    expect(text.slice(bold?.offset, (bold?.offset ?? 0) + (bold?.length ?? 0))).toBe('é 🎉')
  })

  it.each([
    '**half',
    '`half',
    '[half](https://exa',
    '~~half',
    '# ',
    '> ',
    '*',
    '```',
    '_a **b_ c**',
  ])('survives %j as it is being written', (source) => {
    const { text } = markdownToEntities(source)
    expect(text.length).toBeLessThanOrEqual(source.length)
    expect(text.trim()).not.toBe('')
  })

  it('never makes a text longer, and never marks what is not there', () => {
    for (const source of randomMarkdown(3000)) {
      const { text, entities } = markdownToEntities(source)
      expect(text.length, source).toBeLessThanOrEqual(source.length)
      for (const { offset, length } of entities) {
        expect(offset >= 0 && length > 0 && offset + length <= text.length, source).toBe(true)
        expect(text.slice(offset, offset + length).isWellFormed(), source).toBe(true)
      }
    }
  })

  it('gets through thousands of unfinished marks', () => {
    for (const piece of ['[', '*a ', '`', '**a*', '> ', '_', '![', '[a](', '<https:']) {
      const { text } = markdownToEntities(piece.repeat(4000))
      expect(text.length).toBeGreaterThan(0)
    }
  })
})

/** The same texts in every run. */
function* randomMarkdown(count: number): Generator<string> {
  const parts = [
    '*',
    '**',
    '_',
    '~~',
    '`',
    '```',
    '\n',
    '> ',
    '- ',
    '# ',
    '[',
    '](https://a.b)',
    '\\',
    'a',
    ' ',
    '👍',
    'é',
    '<',
    '!',
  ]
  let state = 42
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % below
  }
  for (let index = 0; index < count; index += 1) {
    yield Array.from({ length: next(20) }, () => parts[next(parts.length)]).join('')
  }
}
