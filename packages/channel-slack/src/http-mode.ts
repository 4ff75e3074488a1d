import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ChannelHost } from '@junctor/channel'
import type { Timing } from './options.ts'
import { isFields, textField, type Fields, type Payload } from './payload.ts'
import type { Accept } from './siblings.ts'

export interface HttpModeOptions {
  readonly signingSecret: string
  readonly host: ChannelHost
  readonly timing: Timing
  readonly accept: Accept
  /** Aborts when the account no longer receives. */
  readonly signal: AbortSignal
}

/** https://docs.slack.dev/authentication/verifying-requests-from-slack: older ones may be replays. */
const longestAgeSeconds = 5 * 60

/** Slack offers an event up to three times more until it is answered with 200 within three seconds. */
export function createHttpMode(options: HttpModeOptions): (request: Request) => Promise<Response> {
  const { host, timing, accept, signal } = options

  return async (request) => {
    if (request.method !== 'POST') return answer(405, 'Only POST')
    const text = await request.text()
    if (!isSigned(request.headers, text, options)) return answer(401, 'Wrong or missing signature')
    const body = readBody(request.headers, text)
    if (body?.['type'] === 'url_verification') {
      return Response.json({ challenge: body['challenge'] })
    }
    const payload = toPayload(body)
    if (payload === undefined) {
      // What can never be read must not come again and again.
      if (body?.['payload'] === undefined) host.log.error({}, 'Slack request skipped: no event')
      return answer(200, '')
    }
    const retry = request.headers.get('x-slack-retry-num')
    const retryReason = request.headers.get('x-slack-retry-reason')
    if (retry !== null) host.log.debug({ retry, retryReason }, 'Slack offers an event once more')
    if (signal.aborted) return answer(503, 'This account is closed')
    try {
      await soon(accept(payload), timing.storeTimeoutMs)
      return answer(200, '')
    } catch (error) {
      host.log.warn({ error }, 'Slack event is not acknowledged: it was not stored in time')
      return answer(503, 'Not stored')
    }
  }
}

function isSigned(
  headers: Headers,
  text: string,
  { signingSecret, timing }: HttpModeOptions,
): boolean {
  const timestamp = headers.get('x-slack-request-timestamp') ?? ''
  const given = headers.get('x-slack-signature') ?? ''
  const ageSeconds = Math.abs(timing.now() / 1000 - Number(timestamp))
  if (!/^\d+$/.test(timestamp) || ageSeconds > longestAgeSeconds) return false
  const digest = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${text}`).digest('hex')
  const [mine, theirs] = [`v0=${digest}`, given].map((one) => new TextEncoder().encode(one))
  return (
    mine !== undefined &&
    theirs !== undefined &&
    mine.length === theirs.length &&
    timingSafeEqual(mine, theirs)
  )
}

/** Events are JSON; commands and what people click come as forms. */
function readBody(headers: Headers, text: string): Fields | undefined {
  if (headers.get('content-type')?.startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(text))
  try {
    const value: unknown = JSON.parse(text)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}

function toPayload(body: Fields | undefined): Payload | undefined {
  if (body === undefined) return undefined
  if (body['type'] === 'event_callback' && isFields(body['event'])) return { kind: 'event', body }
  return textField(body, 'command') === undefined ? undefined : { kind: 'command', body }
}

/** The work goes on beyond its time; only nobody is told any more how it ended. */
async function soon(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`It took more than ${ms} ms.`)), ms)
  })
  await Promise.race([work, late]).finally(() => clearTimeout(timer))
}

function answer(status: number, text: string): Response {
  return new Response(text, { status })
}
