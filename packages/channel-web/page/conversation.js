/**
 * What the page knows about a conversation: the gateway's history, and what has happened since. The history wins as soon
 * as it knows a message.
 *
 * @typedef {object} Item
 * @property {string} key
 * @property {'in' | 'out'} direction
 * @property {string} text
 * @property {'plain' | 'markdown'} format what a person wrote is shown as it was written
 * @property {number} at
 * @property {string} state of the gateway's entry, or `sending`, `retrying`, `turned-away`, `live`
 * @property {string} [messageId]
 * @property {string} [nativeId]
 * @property {string} [agentId]
 * @property {string} [replyTo]
 * @property {string} [reason]
 */

/** States in which the gateway has more to tell soon. */
const unsettled = new Set(['pending', 'claimed', 'live'])

export function createConversation() {
  /** @type {Item[]} */
  let history = []
  /** @type {Map<string, Item>} */
  const recent = new Map()

  const inHistory = (nativeId) => history.find((item) => item.nativeId === nativeId)

  return {
    /**
     * The newest entries, oldest first. Earlier ones that are loaded already stay.
     *
     * @param {object[]} entries
     */
    applyNewest(entries) {
      const loaded = new Map(history.map((item) => [item.messageId, item]))
      const newest = entries.map((entry) =>
        toItem(entry, loaded.get(entry.messageId) ?? recent.get(entry.nativeId)),
      )
      const first = history.findIndex((item) => item.messageId === newest[0]?.messageId)
      history = [...history.slice(0, Math.max(0, first)), ...newest]
      for (const { nativeId } of newest) recent.delete(nativeId)
    },

    /** @param {object[]} entries */
    applyEarlier(entries) {
      history = [...entries.map((entry) => toItem(entry)), ...history]
    },

    /** A message that somebody else put there: an agent, or another tab. */
    applyMessage({ nativeId, direction, text, format, at, agentId, replyTo }) {
      const known = inHistory(nativeId)
      if (known !== undefined) {
        Object.assign(known, { text, format: formatOf({ direction, format }) })
        return
      }
      const state = direction === 'in' ? 'pending' : 'live'
      recent.set(nativeId, {
        key: nativeId,
        nativeId,
        direction,
        text,
        format: formatOf({ direction, format }),
        at,
        agentId,
        replyTo,
        state,
      })
    },

    applyEdit({ nativeId, text, format = 'markdown', agentId }, at) {
      const known = inHistory(nativeId) ?? recent.get(nativeId)
      if (known !== undefined) Object.assign(known, { text, format })
      else {
        const rest = { direction: 'out', text, format, at, agentId, state: 'live' }
        recent.set(nativeId, { key: nativeId, nativeId, ...rest })
      }
    },

    /** A message of this tab, on its way to the gateway. */
    applyOutgoing({ id, text, agentId, at }, state, reason) {
      if (inHistory(id) !== undefined) return
      const rest = { direction: 'in', text, format: 'plain', at, agentId, state, reason }
      recent.set(id, { key: id, nativeId: id, ...rest })
    },

    /** @returns {Item[]} */
    items() {
      // The gateway has not shown this answer to anyone yet; it comes as a live message within moments.
      const shown = history.filter((item) => item.nativeId !== undefined || !isOnItsWay(item))
      return [...shown, ...recent.values()]
    },

    /** @returns {string | undefined} */
    firstMessageId: () => history[0]?.messageId,

    isUnsettled: () =>
      history.some((item) => unsettled.has(item.state) || isOnItsWay(item)) ||
      [...recent.values()].some((item) => unsettled.has(item.state)),
  }
}

/** @param {Item} item */
function isOnItsWay({ direction, state }) {
  return direction === 'out' && (state === 'pending' || state === 'sending')
}

/**
 * @param {any} entry
 * @param {Item} [before] what was shown for it, so that its element stays the same
 * @returns {Item}
 */
function toItem(entry, before) {
  const format = before?.format ?? formatOf(entry)
  return { ...entry, format, key: before?.key ?? entry.nativeId ?? entry.messageId }
}

/** @returns {Item['format']} */
function formatOf({ direction, format = 'markdown' }) {
  return direction === 'in' ? 'plain' : format
}
