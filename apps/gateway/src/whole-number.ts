import { InvalidArgumentError } from 'commander'

/** Reads an option that takes a whole number from `least` to `most`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (number >= least && number <= most) return number
    const range = most === Number.MAX_SAFE_INTEGER ? `${least} up` : `${least} to ${most}`
    throw new InvalidArgumentError(`It takes a whole number from ${range}.`)
  }
}
