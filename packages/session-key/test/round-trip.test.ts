import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeSegment, isSessionKey, parseSessionKey, sessionKey } from '@junctor/session-key'
import { almostKey, anyId, anyParts } from './arbitrary-parts.ts'

test('parsing a key gives the parts back, whatever characters the ids hold', () => {
  fc.assert(
    fc.property(anyParts, (parts) => {
      expect(parseSessionKey(sessionKey(parts))).toEqual(parts)
    }),
    { numRuns: 5_000 },
  )
})

test('every key survives UTF-8 and holds no control character', () => {
  fc.assert(
    fc.property(anyParts, (parts) => {
      const key = sessionKey(parts)
      expect(new TextDecoder().decode(new TextEncoder().encode(key))).toBe(key)
      expect(key).not.toMatch(/\p{Cc}(?<![\u0080-\u009f])/u)
    }),
    { numRuns: 2_000 },
  )
})

test('a text that parses is the only spelling of its session', () => {
  let accepted = 0
  fc.assert(
    fc.property(almostKey, (text) => {
      if (!isSessionKey(text)) return
      accepted += 1
      expect(sessionKey(parseSessionKey(text))).toBe(text)
    }),
    { numRuns: 5_000 },
  )
  expect(accepted).toBeGreaterThan(100)
})

test('two ids never share an encoding', () => {
  fc.assert(
    fc.property(anyId, anyId, (left, right) => {
      expect(encodeSegment(left) === encodeSegment(right)).toBe(left === right)
    }),
    { numRuns: 2_000 },
  )
})
