import { expect, test } from 'vitest'
import { decodeSegment, encodeSegment } from './segment.ts'

test.each([
  ['plain', 'plain'],
  ['+15551234567', '+15551234567'],
  ['Ünïcode 😀', 'Ünïcode 😀'],
  ['a:b%c', 'a%3Ab%25c'],
  ['line\nbreak\u0000\u007f', 'line%0Abreak%00%7F'],
  ['\uD83D', '%uD83D'],
  ['\uDE00\uD83D', '%uDE00%uD83D'],
  ['x\uD83D:😀', 'x%uD83D%3A😀'],
])('encodes %j as %s and back', (id, segment) => {
  expect(encodeSegment(id)).toBe(segment)
  expect(decodeSegment(segment)).toBe(id)
})
