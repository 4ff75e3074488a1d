import { describe, expect, it } from 'vitest'
import { splitMarkdown } from './split-markdown.ts'

describe('where a message ends', () => {
  it('leaves a text alone that fits', () => {
    expect(splitMarkdown('All of it.', 20)).toEqual(['All of it.'])
    expect(splitMarkdown('x'.repeat(20), 20)).toEqual(['x'.repeat(20)])
  })

  it('gives no message for blank text', () => {
    expect(splitMarkdown('', 20)).toEqual([])
    expect(splitMarkdown(' \n\t\n'.repeat(20), 20)).toEqual([])
  })

  it('prefers the end of a paragraph to a later line, sentence or word', () => {
    const text = 'One two three four.\n\nFive six. Seven\neight nine ten.'
    expect(splitMarkdown(text, 50)).toEqual([
      'One two three four.',
      'Five six. Seven\neight nine ten.',
    ])
  })

  it('prefers the end of a line to a later sentence or word', () => {
    expect(splitMarkdown('One two three\nfour. Five six seven eight', 30)).toEqual([
      'One two three',
      'four. Five six seven eight',
    ])
  })

  it('prefers the end of a sentence to a later word', () => {
    expect(splitMarkdown('One two three. Four five six seven eight', 30)).toEqual([
      'One two three.',
      'Four five six seven eight',
    ])
    expect(splitMarkdown('一二三四五六七。八九十一二三四五六七八九十一', 20)).toEqual([
      '一二三四五六七。',
      '八九十一二三四五六七八九十一',
    ])
  })

  it('cuts between words when a sentence is too long', () => {
    expect(splitMarkdown('one two three four five six seven', 20)).toEqual([
      'one two three four',
      'five six seven',
    ])
  })

  it('does not send a tiny message for the sake of a better boundary', () => {
    const [first] = splitMarkdown(`Hi.\n\n${'word '.repeat(40)}`, 100)
    expect(first?.length).toBeGreaterThan(90)
  })

  it('cuts through a word that is longer than a message', () => {
    expect(splitMarkdown('x'.repeat(45), 20)).toEqual([
      'x'.repeat(20),
      'x'.repeat(20),
      'x'.repeat(5),
    ])
  })

  it('never cuts through a surrogate pair', () => {
    const pieces = splitMarkdown(`x${'😀'.repeat(30)}`, 20)
    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true)
    expect(pieces.join('')).toBe(`x${'😀'.repeat(30)}`)
  })

  it('keeps the indentation of the line that begins a message', () => {
    expect(splitMarkdown('- a list of things\n  - with another inside', 30)).toEqual([
      '- a list of things',
      '  - with another inside',
    ])
  })

  it('refuses a limit that leaves no room', () => {
    expect(() => splitMarkdown('text', 19)).toThrow(/at least 20, not 19/)
    expect(() => splitMarkdown('text', Number.NaN)).toThrow(RangeError)
  })
})

describe('inline marks', () => {
  it.each([
    ['inline code', 'aaa bbb ccc ddd eee `fff ggg hhh` iii jjj'],
    ['double backticks', 'aaa bbb ccc ddd eee ``f ` g hhh`` iii jjj'],
    ['a link', 'aaa bbb ccc ddd eee [fff ggg](h://i) jjj'],
    ['bold text', 'aaa bbb ccc ddd eee **fff ggg hhh** iii jjj'],
    ['italic text', 'aaa bbb ccc ddd eee _fff ggg hhh_ iii jjj'],
    ['struck text', 'aaa bbb ccc ddd eee ~~fff ggg hhh~~ iii jjj'],
  ])('keeps %s whole', (_name, text) => {
    expect(splitMarkdown(text, 32)).toEqual(['aaa bbb ccc ddd eee', text.slice(20)])
  })

  it('does not take arithmetic and snake_case for emphasis', () => {
    const text = 'aaa 2 * 3 snake_case and 4 * 5 other_name'
    expect(splitMarkdown(text, 32)).toEqual(['aaa 2 * 3 snake_case and 4 * 5', 'other_name'])
  })

  it('cuts what is marked when it is longer than a message', () => {
    const pieces = splitMarkdown(`**${'word '.repeat(20).trim()}**`, 30)
    expect(pieces.every((piece) => piece.length <= 30)).toBe(true)
    expect(pieces.join(' ')).toBe(`**${'word '.repeat(20).trim()}**`)
  })
})

describe('code blocks', () => {
  it('closes a block that is cut and opens it again with its language', () => {
    const text = '```ts\nconst first = 1\nconst second = 2\nconst third = 3\n```'
    expect(splitMarkdown(text, 45)).toEqual([
      '```ts\nconst first = 1\nconst second = 2\n```',
      '```ts\nconst third = 3\n```',
    ])
  })

  it('sends a block whole that fits into one message', () => {
    const block = '```ts\nconst first = 1\nconst second = 2\n```'
    expect(splitMarkdown(`Hi:\n${block}\nThat is it.`, 45)).toEqual(['Hi:', block, 'That is it.'])
  })

  it('knows tildes, longer markers and what looks like a marker inside', () => {
    const text = '~~~~md\n```\nfirst line here\n~~~\nsecond line here\n~~~~'
    expect(splitMarkdown(text, 45)).toEqual([
      '~~~~md\n```\nfirst line here\n~~~\n~~~~',
      '~~~~md\nsecond line here\n~~~~',
    ])
  })

  it('keeps a block inside its quote', () => {
    const text = '> ```js\n> first(1)\n> second(2)\n> third(3)\n> ```\n\nDone.'
    expect(splitMarkdown(text, 40)).toEqual([
      '> ```js\n> first(1)\n> second(2)\n> ```',
      '> ```js\n> third(3)\n> ```\n\nDone.',
    ])
  })

  it('does not take a quoted marker for the end of a block', () => {
    const text = '```md\nfirst line here\n> ```\nsecond line here\n```'
    expect(splitMarkdown(text, 40)).toEqual([
      '```md\nfirst line here\n> ```\n```',
      '```md\nsecond line here\n```',
    ])
  })

  it('keeps a block inside its list item', () => {
    const text = '1. ```js\n   first(1)\n   second(2)\n   third(3)\n   ```'
    expect(splitMarkdown(text, 42)).toEqual([
      '1. ```js\n   first(1)\n   second(2)\n   ```',
      '   ```js\n   third(3)\n   ```',
    ])
  })

  it('cuts through a line of code that is longer than a message, without changing it', () => {
    const code = 'a b  c'.repeat(20)
    const pieces = splitMarkdown(`\`\`\`\n${code}\n\`\`\``, 40)
    expect(pieces.every((piece) => /^```\n[^\n]+\n```$/.test(piece) && piece.length <= 40)).toBe(
      true,
    )
    expect(pieces.map((piece) => piece.slice(4, -4)).join('')).toBe(code)
  })

  it('never sends an empty block', () => {
    for (let length = 1; length < 80; length += 1) {
      const pieces = splitMarkdown(
        `Text.\n\n\`\`\`py\n${'x'.repeat(length)}\n\`\`\`  \n\nMore text.`,
        30,
      )
      for (const piece of pieces) {
        expect(piece).not.toMatch(/```py\n*```/)
        expect(piece.match(/```/g)?.length ?? 0).toBeOneOf([0, 2])
      }
    }
  })

  it('leaves the language out where it would take the room of the code', () => {
    const text = `\`\`\`js\n${'x'.repeat(60)}\n\`\`\``
    for (const piece of splitMarkdown(text, 20)) expect(piece).toMatch(/^```(js)?\nx+\n```$/)
  })

  it('goes on without marks when they would fill a message', () => {
    const text = `${'`'.repeat(12)}\n${'x'.repeat(60)}\n${'`'.repeat(12)}`
    expect(splitMarkdown(text, 20).join('').replaceAll('\n', '')).toBe(text.replaceAll('\n', ''))
  })
})

describe('any text', () => {
  const fragments = [
    'word',
    'a longer piece of text. ',
    ' ',
    '\n',
    '\n\n',
    '  - item ',
    '> quoted ',
    '**',
    '_',
    '`',
    '``',
    '~~',
    '[label](https://example.org/a_b)',
    '[',
    '](',
    '\\',
    '😀',
    '漢字。',
    '\u00a0',
    '\r\n',
    '# heading\n',
    '1. ',
    '\t',
  ]
  const fences = [
    '\n```ts\n',
    '\n```\n',
    '\n~~~\n',
    '\n> ```\n',
    '\n- ```sh\n',
    '\n````md\n',
    '\n```   \n',
  ]

  it('comes out in order, whole and within the limit', () => {
    const random = createRandom(7)
    for (let round = 0; round < 2_000; round += 1) {
      const text = randomText(random, [...fragments, ...(round % 2 === 0 ? fences : [])])
      const limit = 20 + Math.floor(random() * 60)
      const pieces = splitMarkdown(text, limit)
      for (const piece of pieces) {
        expect(piece.length).toBeLessThanOrEqual(limit)
        expect(piece.trim()).not.toBe('')
        expect(piece.isWellFormed()).toBe(true)
      }
      expect(isMadeOf(text, pieces), JSON.stringify({ text, limit })).toBe(true)
    }
  })

  it('takes a time that grows with the length only', () => {
    const hard = [
      '[a](',
      '**a ',
      '`` ` ',
      'x',
      '- ',
      '```\n',
      '> ```a\n> b\n',
      ' ',
      '\n',
      '](',
      '*_',
      'word ',
    ]
    for (const fragment of hard) {
      const text = fragment.repeat(Math.ceil(1_000_000 / fragment.length))
      for (const limit of [20, 4_096]) {
        expect(splitMarkdown(text, limit).every((piece) => piece.length <= limit)).toBe(true)
      }
    }
  })
})

/** True when the text is the pieces in order, with white space and repeated marks of blocks in between. */
function isMadeOf(text: string, pieces: readonly string[]): boolean {
  // A repeated mark may look like the text itself: every reading is followed.
  let ends = new Set([0])
  for (const piece of pieces) {
    const next = new Set<number>()
    for (const end of ends) {
      for (let start = end; start <= text.length; start += 1) {
        if (!betweenPieces.test(text.slice(end, start))) continue
        for (const body of bodiesOf(piece)) {
          if (text.startsWith(body, start)) next.add(start + body.length)
        }
      }
    }
    ends = next
  }
  return [...ends].some((end) => betweenPieces.test(text.slice(end)))
}

/** White space, or the end of a block that the piece before has closed itself. */
const betweenPieces = /^\s*$|^\n[ \t>]*(`{3,}|~{3,})[ \t\r]*(\n\s*)?$/

/** A piece as it is, then without what may have been put around it. */
function bodiesOf(piece: string): readonly string[] {
  const closed = piece.replace(/\n[ \t>]*(`{3,}|~{3,})$/, '')
  const opened = /^[ \t>]*(`{3,}|~{3,})[^\n]*\n/
  const container = /^[ \t>]+/
  return [piece, closed].flatMap((body) => {
    const inner = body.replace(opened, '')
    return [body, inner, inner.replace(container, '')]
  })
}

function randomText(random: () => number, fragments: readonly string[]): string {
  const count = Math.floor(random() * 60)
  return Array.from(
    { length: count },
    () => fragments[Math.floor(random() * fragments.length)],
  ).join('')
}

/** Mulberry32: the same texts on each run. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
