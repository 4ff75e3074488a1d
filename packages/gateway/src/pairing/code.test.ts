import { describe, expect, it } from 'vitest'
import { isSameCode, newPairingCode } from './code.ts'

describe('a pairing code', () => {
  it('has eight characters, none of which is taken for another', () => {
    const codes = Array.from({ length: 500 }, newPairingCode)
    for (const code of codes) expect(code).toMatch(/^[34679ACDEFGHJKMNPQRTWXY]{8}$/)
    expect(new Set(codes).size).toBe(500)
    // Every character comes up: about 170 times each.
    expect(new Set(codes.join('')).size).toBe(23)
  })

  it('is the same however it is typed, and no other', () => {
    expect(isSameCode('acde-fghj', 'ACDEFGHJ')).toBe(true)
    expect(isSameCode(' ACDE FGHJ\n', 'ACDEFGHJ')).toBe(true)
    for (const other of ['', 'ACDEFGH', 'ACDEFGHJJ', 'ACDEFGHK', 'ÄCDEFGHJ'])
      expect(isSameCode(other, 'ACDEFGHJ')).toBe(false)
  })
})
