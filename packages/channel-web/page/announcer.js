import { byId } from './dom.js'

const quietMs = 1500

/**
 * Reads answers to people who listen, once an answer has stopped growing. Reading every piece of a streamed answer would
 * never end.
 */
export function createAnnouncer() {
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  const growing = new Map()
  return {
    /**
     * @param {string} key
     * @param {() => string} textOf
     */
    grew(key, textOf) {
      clearTimeout(growing.get(key))
      const timer = setTimeout(() => {
        growing.delete(key)
        byId('announcer').textContent = textOf()
      }, quietMs)
      growing.set(key, timer)
    },
  }
}
