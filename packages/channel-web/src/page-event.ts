/** What the page is told while it watches a conversation. */
export type PageEvent =
  | { readonly type: 'ready' }
  /** Nothing happened; the connection is alive. */
  | { readonly type: 'ping' }
  | { readonly type: 'typing'; readonly ttlMs: number }
  | {
      readonly type: 'message'
      readonly direction: 'in' | 'out'
      readonly nativeId: string
      readonly text: string
      readonly at: number
      /** The agent that the person picked, or that answers. */
      readonly agentId?: string
      /** Of an answer. Default: Markdown. */
      readonly format?: 'plain'
      /** Native id of the message that this one answers. */
      readonly replyTo?: string
    }
  | {
      readonly type: 'edit'
      readonly nativeId: string
      readonly text: string
      readonly agentId?: string
      readonly format?: 'plain'
    }

/** One event of an event stream: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function formatPageEvent({ type, ...data }: PageEvent): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`
}
