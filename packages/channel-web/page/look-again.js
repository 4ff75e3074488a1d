/**
 * Looks now and then while somebody looks at the page, and at once when somebody does again. One look at a time; one that
 * fails is made up for by the next.
 *
 * @param {number} everyMs
 * @param {() => Promise<void>} look
 */
export function lookAgain(everyMs, look) {
  let timer
  const next = async () => {
    clearTimeout(timer)
    if (!document.hidden) await look().catch(() => {})
    timer = setTimeout(next, everyMs)
  }
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void next()
  })
  void next()
}
