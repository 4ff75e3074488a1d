/** https://discord.com/developers/docs/reference#snowflakes */
const epochMs = 1_420_070_400_000

/** The smallest id of that time. */
export function snowflakeAt(ms: number): string {
  return String(BigInt(Math.max(0, Math.floor(ms - epochMs))) << 22n)
}

export function isAfter(id: string, other: string): boolean {
  return BigInt(id) > BigInt(other)
}

export function later(id: string, other: string): string {
  return isAfter(id, other) ? id : other
}

/** The id that is so many milliseconds older. */
export function earlier(id: string, ms: number): string {
  const moved = BigInt(id) - (BigInt(ms) << 22n)
  return String(moved > 0n ? moved : 0n)
}

/** When an id was made, in milliseconds since 1970. */
export function epochMsOf(id: string): number {
  return Number(BigInt(id) >> 22n) + epochMs
}
