import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileTextPattern } from './text-pattern.ts'

describe('a text pattern', () => {
  test.each([
    ['invoice|refund', 'My INVOICE is wrong', true],
    ['^hi\\b', 'hi there', true],
    ['^hi\\b', 'hill', false],
    ['^$', '', true],
    ['(?:ab){2,3}$', 'xababab', true],
    ['^(?:ab){2,3}$', 'abababab', false],
    ['^a{3}$', 'aaa', true],
    ['^a{2,}$', 'a', false],
    ['[^\\]x-]', 'x-]', false],
    ['\\p{Lu}\\d+\\.', 'É12.', true],
    ['straße', 'STRAßE', true],
    ['^.$', '😀', true],
    ['a\\|b', 'a|b', true],
    ['x*?y+?', 'y', true],
    ['(a|)b', 'b', true],
    ['', 'anything', true],
    ['οδος', 'ΟΔΟΣ', false],
    ['οδοσ', 'ΟΔΟΣ', true],
    ['k', '\u212A', true],
    ['(ab|x?)c', 'C', true],
    ['(ab|x)+c', 'ABXc', true],
    ['x{0,2}yz', 'yz', true],
    ['\\$5\\.00 (off|\\[x\\])', 'now $5.00 [X]', true],
    ['a\tb', 'A\tB', true],
  ])('%s on %j: %s', (pattern, text, expected) => {
    expect(compileTextPattern(pattern)(text)).toBe(expected)
  })

  test.each([
    ['(?=a)', 'look-around and named groups are not supported'],
    ['(?<name>a)', 'look-around and named groups are not supported'],
    ['(a)\\1', 'back-references are not supported'],
    ['(a', 'a ")" is missing'],
    ['a)', 'a ")" has no "("'],
    ['[a', 'a "]" is missing'],
    ['*a', 'nothing stands before "*"'],
    ['a**', 'two repetitions follow each other'],
    ['^*', 'cannot be repeated'],
    ['a{3,2}', '{3,2} ends before it begins'],
    ['a{x}', '"{" begins a repetition'],
    ['\\p{Nothing}', 'Invalid'],
    ['[z-a]', 'Invalid'],
    ['a'.repeat(501), 'longer than 500 characters'],
    ['((a{99}){99}){99}', 'repeats too much'],
  ])('%s cannot be read: %s', (pattern, reason) => {
    expect(() => compileTextPattern(pattern)).toThrow(SyntaxError)
    expect(() => compileTextPattern(pattern)).toThrow(reason)
  })

  test.each([
    ['(a+)+$', 'b'],
    ['(a|a|a?)*c', 'b'],
    ['(.*)*x(.*)*y', 'b'],
  ])('%s ends on a text that would keep a backtracking matcher busy for years', (pattern, last) => {
    expect(compileTextPattern(pattern)('a'.repeat(20_000) + last)).toBe(false)
  })

  test('looks at the beginning of a long text', () => {
    const isIn = compileTextPattern('needle')
    expect(isIn(`${'x'.repeat(8_000)}needle`)).toBe(true)
    expect(isIn(`${'x'.repeat(9_000)}needle`)).toBe(false)
    expect(compileTextPattern('x$')('x'.repeat(9_000))).toBe(false)
  })

  test('finds what the matcher of the language finds', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '\\s', '(?:ab|c)', '(a|b*)')
    const times = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '{0,}')
    const pieces = fc.array(
      fc.tuple(atom, times).map((parts) => parts.join('')),
      { maxLength: 4 },
    )
    const pattern = fc
      .tuple(fc.constantFrom('', '^', '\\b'), fc.array(pieces, { minLength: 1, maxLength: 3 }))
      .map(([start, options]) => start + options.map((option) => option.join('')).join('|'))
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', 'B'), maxLength: 8 })
    fc.assert(
      fc.property(pattern, fc.constantFrom('', '$', '\\B'), text, (body, end, sample) => {
        const source = body + end
        expect(compileTextPattern(source)(sample), source).toBe(
          new RegExp(source, 'iu').test(sample),
        )
      }),
      { numRuns: 5_000 },
    )
  })
})
