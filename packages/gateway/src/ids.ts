export type IdKind = 'msg' | 'turn' | 'out' | 'ref' | 'pair' | 'bind' | 'cron'

/** Ids sort by time and are unique across processes: `msg_<milliseconds, base 36><64 random bits>`. */
export type NewId = (kind: IdKind) => string

export function createIds(now: () => number): NewId {
  const random = new Uint32Array(2)
  return (kind) => {
    crypto.getRandomValues(random)
    const [high = 0, low = 0] = random
    return `${kind}_${now().toString(36)}${high.toString(36).padStart(7, '0')}${low.toString(36).padStart(7, '0')}`
  }
}
