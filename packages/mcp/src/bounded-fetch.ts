import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js'

const LONGEST_MESSAGE = 10_000_000
const NEW_LINE = 10

/** `fetch`, whose answers break off when a message of theirs gets too long: a whole body, or a line of a stream of events. */
export const boundedFetch: FetchLike = async (url, init) => {
  const response = await fetch(url, init)
  if (response.body === null) return response
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  let length = 0
  const bounded = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      const lineStart = isStream ? chunk.lastIndexOf(NEW_LINE) + 1 : 0
      length = lineStart === 0 ? length + chunk.length : chunk.length - lineStart
      if (length > LONGEST_MESSAGE) controller.error(new Error('it sent a message without an end'))
      else controller.enqueue(chunk)
    },
  })
  const { status, statusText, headers } = response
  return new Response(response.body.pipeThrough(bounded), { status, statusText, headers })
}
