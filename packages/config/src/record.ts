/** A record without a prototype: names such as `__proto__` and `constructor` are data in it, and absent unless written. */
export function toRecord<Value>(
  entries: Iterable<readonly [string, Value]>,
): Record<string, Value> {
  const record: Record<string, Value> = Object.create(null)
  for (const [key, value] of entries) record[key] = value
  return record
}
