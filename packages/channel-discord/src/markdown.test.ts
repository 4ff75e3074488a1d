import { describe, expect, it } from 'vitest'
import { escapeMarkdown } from './escape.ts'
import { formatOutbound } from './formatted.ts'
import { toDiscordMarkdown } from './markdown.ts'

describe('markdown for Discord', () => {
  it.each([
    ['plain text', 'plain text'],
    ['**bold** *italic* ~~gone~~ `code`', '**bold** *italic* ~~gone~~ `code`'],
    ['__bold__ and snake__case__name', '**bold** and snake__case__name'],
    ['`__init__` and https://a.b/__x__/', '`__init__` and https://a.b/__x__/'],
    ['a || b || c', String.raw`a \|\| b \|\| c`],
    ['`a || b`', '`a || b`'],
    ['## Two ##', '## Two'],
    ['#### Four **and** more', '**Four and more**'],
    ['> a\n> > b\n\nc', '> a\n> b\n\nc'],
    ['>>> a', '> a'],
    ['---', '───'],
    ['* a\n+ b\n  1) c', '- a\n- b\n  1. c'],
    ['- [ ] open\n- [x] done', '- ☐ open\n- ☑ done'],
    ['![a cat](https://a.b/c.png "Cat")', '[a cat](https://a.b/c.png)'],
    ['![](https://a.b/c.png)', 'https://a.b/c.png'],
    ['[![badge](https://a.b/c.svg)](https://a.b)', '[badge](https://a.b)'],
    ['~~~ts title="x"\nlet a = **1**\n~~~', '```ts\nlet a = **1**\n```'],
    ['- item\n  ```\n  code\n  ```', '- item\n```\ncode\n```'],
    ['````\n```\n````', '```\n``\u200B`\n```'],
    [String.raw`\*not\* \__this\__`, String.raw`\*not\* \__this\__`],
  ])('turns %j into %j', (source, expected) => {
    expect(toDiscordMarkdown(source)).toBe(expected)
  })

  it('puts tables into columns', () => {
    const table = '| Name | Age |\n|:--|--:|\n| **Ada** | 36 |\n| a\\|b | [x](https://a.b) |\nafter'
    expect(toDiscordMarkdown(table)).toBe(
      '```\nName | Age\n-----+----------------\nAda  | 36\na|b  | x (https://a.b)\n```\nafter',
    )
    expect(toDiscordMarkdown('a | b\nno table')).toBe('a | b\nno table')
  })

  it('closes code that is still being written', () => {
    expect(toDiscordMarkdown('Look:\n```js\nlet open = [')).toBe('Look:\n```js\nlet open = [\n```')
  })

  it('never loses a word, and never shows nothing', () => {
    for (const source of [
      '**half',
      '`half',
      '[half](https://exa',
      '~~half',
      '# ',
      '> ',
      '*',
      '```',
    ]) {
      expect(toDiscordMarkdown(source).trim(), source).not.toBe('')
    }
    for (const source of randomMarkdown(3000)) {
      const result = toDiscordMarkdown(source)
      expect(result.isWellFormed(), source).toBe(true)
      for (const word of wordsOf(source)) expect(result, source).toContain(word)
    }
  })

  it('gets through thousands of unfinished marks', () => {
    for (const piece of [
      '[',
      '*a ',
      '`',
      '**a*',
      '> ',
      '_',
      '__a ',
      '![',
      '[a](',
      '|',
      '|-',
      '~~',
    ]) {
      expect(toDiscordMarkdown(piece.repeat(2000)).length).toBeGreaterThan(0)
    }
  })
})

describe('plain text for Discord', () => {
  it('is escaped where Discord would read marks, and not in addresses', () => {
    expect(escapeMarkdown('*a* _b_ `c` ||d|| [e](f)')).toBe(
      String.raw`\*a\* \_b\_ \`c\` \|\|d\|\| \[e](f)`,
    )
    expect(escapeMarkdown('# a\n> b\n- c\n12. d\n-# e')).toBe(
      String.raw`\# a
\> b
\- c
12\. d
\-# e`,
    )
    expect(escapeMarkdown('see https://a.b/x_y_z *now*')).toBe(
      String.raw`see https://a.b/x_y_z \*now\*`,
    )
    expect(escapeMarkdown('<@1> 2 < 3')).toBe(String.raw`\<@1> 2 < 3`)
  })

  it('stays as it is where escapes would make it too long', () => {
    const text = '*'.repeat(1500)
    expect(formatOutbound({ text, format: 'plain' })).toBe(text)
  })
})

/** All but those that name the language of code. */
function wordsOf(text: string): readonly string[] {
  return text.replaceAll(/^.*(?:`{3}|~{3}).*$/gm, '').match(/w\d+/g) ?? []
}

/** The same texts in every run. */
function* randomMarkdown(count: number): Generator<string> {
  const marks = [
    '*',
    '**',
    '__',
    '~~',
    '`',
    '\n',
    '> ',
    '- ',
    '# ',
    '[',
    '](https://a.b)',
    '\\',
    ' ',
  ]
  const parts = [...marks, '|', '||', '\n|-|-|\n', '```\n', '\n```', '👍', '<', '!', '1. ']
  let state = 42
  let words = 0
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state % below
  }
  for (let index = 0; index < count; index += 1) {
    yield Array.from({ length: next(20) }, () => {
      if (next(3) > 0) return parts[next(parts.length)]
      words += 1
      return `w${words}`
    }).join('')
  }
}
