import * as fc from 'fast-check'
import JSON5 from 'json5'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parseJson5 } from './parse-json5.ts'
import { positionOf } from './position.ts'
import { toValue } from './to-value.ts'

type Outcome = { readonly value: unknown } | 'refused'

function read(text: string): Outcome {
  const parsed = parseJson5(text)
  if (!parsed.ok || parsed.node === undefined) return 'refused'
  return { value: toValue(parsed.node) }
}

function readWithReference(text: string): Outcome {
  try {
    return { value: JSON5.parse(text) }
  } catch {
    return 'refused'
  }
}

function faultOf(text: string): string {
  const parsed = parseJson5(text)
  if (parsed.ok) return 'accepted'
  const { line, column } = positionOf(text, parsed.fault.offset)
  return `${line}:${column} ${parsed.fault.message}`
}

const corpus: readonly string[] = [
  '{}',
  '[]',
  '"x"',
  '{a:1,}',
  '[1,]',
  '[,]',
  '[1,,2]',
  '{,}',
  '{null:1,true:2,NaN:3,if:4}',
  '{$_a1:1}',
  String.raw`{a\u0062:1}`,
  String.raw`{\u0031a:1}`,
  '{\u{10400}:1}',
  '{"__proto__":{"x":1},constructor:2}',
  '[+.5,-.5,5.,.5e3,1e5,0x1F,-0xff,+Infinity,-NaN,-0]',
  '[.]',
  '[-]',
  '[01]',
  '[0x]',
  '[1e]',
  '[1a]',
  '[1.2.3]',
  String.raw`['\x41\u0041\n\0\'\q\"']`,
  String.raw`['\1']`,
  String.raw`['\01']`,
  String.raw`['\x4']`,
  String.raw`['\u12']`,
  "['a\\\nb\\\r\nc\\\u2028d']",
  "['a\nb']",
  "['a\rb']",
  "['a\u2028b']",
  "'",
  '// only\n[1] /* and */ // more',
  '/* open',
  '/*/ [1]',
  '[1] [2]',
  '\uFEFF{a:1}',
  '\u00A0\u2003{a:1}',
  '{a:1}}',
  '{a 1}',
  '{a:}',
  'undefined',
  '',
]

const piece = fc.oneof(
  fc.constantFrom(...`{ } [ ] : , " ' \\ // /* */ - + . 0 7 0x e E a $ _ null true NaN`.split(' ')),
  fc.constantFrom(...`"b" 'c' {"a": ], Infinity \\u0061 \\x41 \\0 é \u{1F600} \u200C`.split(' ')),
  fc.constantFrom(' ', '\t', '\n', '\r\n', '\u2028', '\uD800'),
)

// The json5 package warns about U+2028 in strings, which is valid JSON5.
beforeAll(() => {
  vi.spyOn(console, 'warn').mockReturnValue()
})
afterAll(() => {
  vi.restoreAllMocks()
})

describe('parseJson5', () => {
  test.each(corpus)('agrees with the json5 package on %j', (text) => {
    expect(read(text)).toEqual(readWithReference(text))
  })

  test('agrees with the json5 package on any sequence of JSON5 pieces', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        expect(read(text)).toEqual(readWithReference(text))
      }),
      { numRuns: 5_000 },
    )
  })

  test('reads back what the json5 package and JSON.stringify write', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const json = JSON.stringify(value)
        expect(read(json)).toEqual({ value: JSON5.parse(json) })
        const json5 = JSON5.stringify(value, null, 2)
        expect(read(json5)).toEqual({ value: JSON5.parse(json5) })
      }),
    )
  })

  test('tells a text without a value from a broken one', () => {
    expect(parseJson5(' // nothing\n')).toEqual({ ok: true, node: undefined })
  })

  test.each([
    ['{\n  a: 1\n  b: 2\n}', '3:3 expected a comma or "}"'],
    [
      '{ a: "x\n, b: "y" }',
      '1:8 a string ends at its line; close it, or end the line with a backslash',
    ],
    ['{ a: main }', '1:6 put quotes around this text'],
    ['{ a = 1 }', '1:5 expected a colon after the key'],
    ['{\n  a: [1,\n', '3:1 the text ends inside the list that starts in line 2'],
    ['{ a: 1 } /* x', '1:14 the text ends inside the comment that starts in line 1'],
    ['[1 2]', '1:4 expected a comma or "]"'],
    ['{ a: \u0007 }', '1:6 unexpected character U+0007'],
    ['{}\r\n}', '2:1 unexpected "}"'],
  ])('says where and why it stops in %j', (text, fault) => {
    expect(faultOf(text)).toBe(fault)
  })

  test('survives deep nesting and thousands of comments', () => {
    expect(faultOf('['.repeat(50_000))).toBe('1:101 values are nested more than 100 deep')
    expect(read(`${'// x\n'.repeat(50_000)}[1]`)).toEqual({ value: [1] })
    expect(read(`'${'ab\\n'.repeat(50_000)}'`)).toEqual({ value: 'ab\n'.repeat(50_000) })
  })
})
