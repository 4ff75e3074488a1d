/** https://discord.com/developers/docs/reference#snowflakes */
const epochMs = 1_420_070_400_000

let lastMs = 0
let lastSerial = 0

/** An id that is larger than every one before it. With a time, one of that time. */
export function snowflake(atMs?: number): string {
  if (atMs !== undefined) return toSnowflake(atMs, 0)
  const nowMs = Math.max(Date.now(), lastMs)
  lastSerial = nowMs === lastMs ? lastSerial + 1 : 0
  lastMs = nowMs
  return toSnowflake(nowMs, lastSerial)
}

function toSnowflake(ms: number, serial: number): string {
  return String((BigInt(Math.floor(ms) - epochMs) << 22n) + BigInt(serial))
}
