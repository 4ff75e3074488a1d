import { conversation } from './gateway.js'

// Two missed pings and a bit: a phone that slept often keeps a connection that is long gone.
const silenceMs = 40_000
const firstRetryMs = 1000
const longestRetryMs = 10_000

/**
 * Follows the conversation for as long as the page is open, over any number of connections.
 *
 * @param {(type: string, data: any) => void} onEvent
 * @param {(isConnected: boolean) => void} onConnected
 */
export function followEvents(onEvent, onConnected) {
  let source
  let watchdog
  let retryMs = firstRetryMs

  const connect = () => {
    source?.close()
    source = new EventSource(`events?conversation=${encodeURIComponent(conversation)}`)
    for (const type of ['ready', 'ping', 'typing', 'message', 'edit']) {
      source.addEventListener(type, (event) => {
        watch(silenceMs)
        if (type === 'ready') {
          retryMs = firstRetryMs
          onConnected(true)
        }
        onEvent(type, JSON.parse(event.data))
      })
    }
    source.addEventListener('error', () => {
      onConnected(false)
      watch(retryMs)
      retryMs = Math.min(retryMs * 2, longestRetryMs)
    })
    watch(silenceMs)
  }

  const watch = (ms) => {
    clearTimeout(watchdog)
    watchdog = setTimeout(connect, ms)
  }

  addEventListener('online', connect)
  addEventListener('offline', () => onConnected(false))
  connect()
}
