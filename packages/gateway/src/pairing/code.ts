import { createHash, randomInt, timingSafeEqual } from 'node:crypto'

/** Without characters that are taken for one another when they are read aloud or copied by hand: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V. */
const ALPHABET = '34679ACDEFGHJKMNPQRTWXY'
const LENGTH = 8

/** 36 random bits that a person can read out. */
export function newPairingCode(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}

/** Whether both are one code, however it was typed. Takes the same time for every wrong guess. */
export function isSameCode(written: string, code: string): boolean {
  return timingSafeEqual(digest(written.toUpperCase().replace(/[\s-]/g, '')), digest(code))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
