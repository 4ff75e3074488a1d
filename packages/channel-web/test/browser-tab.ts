import { setTimeout as sleep } from 'node:timers/promises'
import { readEvents } from './open-web.ts'

const { createConversation } = await import(
  new URL('../page/conversation.js', import.meta.url).href
)
const { parseMarkdown } = await import(new URL('../page/markdown.js', import.meta.url).href)

/** The page in a browser, with the page's own view of the conversation, over a real connection. */
export interface BrowserTab {
  /** What the tab shows, markup turned into text. */
  shown(): readonly ShownMessage[]
  /** Events by name, in the order of their arrival. */
  readonly events: readonly TabEvent[]
  isFollowing(): boolean
  /** Messages that the gateway has taken, or has refused for good. */
  readonly settled: readonly string[]
  /** Offered under one id until it is settled, each after the one before it. `times`: how often beyond that. */
  post(this: void, id: string, text: string, options?: { readonly extraTimes?: number }): void
  close(): void
}

export interface ShownMessage {
  readonly id: string
  readonly text: string
  readonly replyTo: string | undefined
}

export interface TabEvent {
  readonly type: string
  readonly direction?: string
  readonly id?: number
}

const retryMs = 5

export function openBrowserTab(url: string, changed: () => void): BrowserTab {
  const conversation = createConversation()
  const events: TabEvent[] = []
  const settled: string[] = []
  const leaving = new AbortController()
  const { signal } = leaving
  let isFollowing = false
  let posting: Promise<void> = Promise.resolve()

  const see = (event: TabEvent): void => {
    events.push(event)
    if (event.type === 'message') conversation.applyMessage(event)
    if (event.type === 'edit') conversation.applyEdit(event, Date.now())
    changed()
  }

  const follow = async (): Promise<void> => {
    const response = await fetch(`${url}events?conversation=owner`, { signal })
    if (!response.ok) {
      await response.body?.cancel()
      return
    }
    isFollowing = true
    changed()
    const stream = readEvents(response)
    for (;;) {
      const event = await stream.next()
      if (event === undefined) return
      see(event as TabEvent)
    }
  }

  const keepFollowing = async (): Promise<void> => {
    while (!signal.aborted) {
      // A gateway that is away comes back.
      await follow().catch(() => {})
      isFollowing = false
      changed()
      await pause(signal)
    }
  }
  void keepFollowing()

  const offer = async (id: string, text: string): Promise<void> => {
    while (!signal.aborted) {
      const status = await post(url, { id, text, conversation: 'owner' }, signal)
      if (status !== 0 && status < 500) return
      await pause(signal)
    }
  }

  const settle = async (id: string, text: string, times: number): Promise<void> => {
    for (let count = 0; count < times; count += 1) await offer(id, text)
    settled.push(id)
    changed()
  }

  return {
    events,
    settled,
    isFollowing: () => isFollowing,
    shown: () => conversation.items().map(toShown),
    post(id, text, { extraTimes = 0 } = {}) {
      posting = posting.then(() => settle(id, text, 1 + extraTimes))
    },
    close: () => leaving.abort(),
  }
}

async function post(url: string, body: object, signal: AbortSignal): Promise<number> {
  const headers = { 'content-type': 'application/json' }
  const init = { method: 'POST', headers, body: JSON.stringify(body), signal }
  try {
    const response = await fetch(`${url}messages`, init)
    await response.body?.cancel()
    return response.status
  } catch {
    return 0
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await sleep(retryMs, undefined, { signal }).catch(() => {})
}

interface PageItem {
  readonly key: string
  readonly text: string
  readonly format: 'plain' | 'markdown'
  readonly replyTo?: string
}

function toShown({ key, text, format, replyTo }: PageItem): ShownMessage {
  return { id: key, text: format === 'plain' ? text : textIn(parseMarkdown(text)), replyTo }
}

/** The text of blocks and their parts, however deep. */
function textIn(part: unknown): string {
  if (Array.isArray(part)) return part.map(textIn).join('')
  if (typeof part !== 'object' || part === null) return ''
  if ('text' in part) return String(part.text)
  return Object.values(part).map(textIn).join('')
}
