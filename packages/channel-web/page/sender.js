import { GatewayFault, postMessage } from './gateway.js'

const storageKey = 'junctor.unsent'
const firstRetryMs = 1000
const longestRetryMs = 15_000

/**
 * Sends one message after the other, each under one id until the gateway has it. Messages that wait survive a reload.
 *
 * @param {(message: object, state: string, reason?: string) => void} onState
 */
export function createSender(onState) {
  /** @type {{ id: string, text: string, agentId?: string, at: number }[]} */
  const waiting = read()
  let isRunning = false
  let wake = () => {}

  const run = async () => {
    if (isRunning) return
    isRunning = true
    let retryMs = firstRetryMs
    while (waiting.length > 0) {
      const message = waiting[0]
      const outcome = await offer(message)
      if (outcome.isFinal) {
        waiting.shift()
        write(waiting)
        retryMs = firstRetryMs
      }
      onState(message, outcome.state, outcome.reason)
      if (!outcome.isFinal) {
        await pause(retryMs)
        retryMs = Math.min(retryMs * 2, longestRetryMs)
      }
    }
    isRunning = false
  }

  const pause = (ms) =>
    new Promise((resolve) => {
      wake = () => resolve(undefined)
      setTimeout(wake, ms)
    })

  for (const message of waiting) onState(message, 'retrying')
  void run()

  return {
    send(text, agentId) {
      const message = { id: createId(), text, agentId, at: Date.now() }
      waiting.push(message)
      write(waiting)
      onState(message, 'sending')
      void run()
    },
    /** Do not wait for the next attempt: the gateway is back. */
    retryNow: () => wake(),
  }
}

async function offer(message) {
  try {
    await postMessage(message)
    return { isFinal: true, state: 'pending' }
  } catch (error) {
    const { status, message: reason } =
      error instanceof GatewayFault ? error : new GatewayFault(0, String(error))
    // Lost, logged out, overloaded or broken for now: the same id may be offered again without harm.
    const isPassing = status === 0 || status === 401 || status === 429 || status >= 500
    return isPassing
      ? { isFinal: false, state: 'retrying', reason }
      : { isFinal: true, state: 'turned-away', reason }
  }
}

// `crypto.randomUUID` is missing on plain http beyond localhost.
function createId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey) ?? '[]')
  } catch {
    return []
  }
}

function write(messages) {
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(messages))
  } catch {
    // Storage is full or forbidden: the messages still wait in this tab.
  }
}
