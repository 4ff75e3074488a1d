import { Buffer } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { readBody } from '../http-body.ts'
import type { DiscordBotState } from './bot-state.ts'
import type { RateLimits, RateState } from './rate-limits.ts'
import { findRoute, type RouteCall } from './routes.ts'
import { DiscordRefusal } from './types.ts'

// `on` is the method and the path without its version, like `POST /channels/*/messages`.
export const requestFaults = [
  'drop-before',
  'drop-after',
  'delay',
  'rate-limit',
  'status',
  'silence',
  'oversize',
  'unauthorized',
  'garbage',
] as const

export interface RequestContext extends Omit<RouteCall, 'bot' | 'body' | 'query' | 'params'> {
  readonly bots: () => Iterable<DiscordBotState>
  readonly rateLimits: RateLimits
  readonly changed: () => void
}

/** Answer one HTTP request in the words of https://discord.com/developers/docs/reference */
export async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  context: RequestContext,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const method = request.method ?? 'GET'
  if (url.pathname.startsWith('/attachments/')) return answerFile(response, url, context)

  const body = await readBody(request, url)
  const path = decodeURIComponent(url.pathname).replace(/^\/api(?:\/v\d+)?/, '')
  const bot = findBot(request, path, context)
  if (!bot) return send(response, 401, { message: '401: Unauthorized', code: 0 })
  const route = `${method} ${path}`
  bot.calls.push({
    route,
    body: payloadOf(body.params),
    files: [...body.files.values()].map(({ name }) => name),
    at: Date.now(),
  })
  context.changed()

  const fault = bot.takeFault(route, ...requestFaults)
  if (fault && (await refused(response, fault))) return
  const globallyForMs = bot.limitedUntilMs - Date.now()
  if (globallyForMs > 0) return limit(response, { resetAfterMs: globallyForMs }, 'global')
  const rate = context.rateLimits.take(`${bot.token} ${bucketOf(method, path)}`)
  if (rate.isExceeded) return limit(response, rate)
  const found = findRoute(method, path)
  if (!found) return send(response, 404, { message: '404: Not Found', code: 0 })
  try {
    const { params } = found
    const result = found.route.run({ ...context, bot, body, query: url.searchParams, params })
    context.changed()
    if (fault?.kind === 'drop-after') return void response.destroy()
    if (fault?.kind === 'delay') await sleep(fault.delayMs)
    const padded =
      fault?.kind === 'oversize' ? { ...(result as object), x: 'x'.repeat(fault.bytes) } : result
    send(response, result === undefined ? 204 : 200, padded, rateHeaders(rate, method, path))
  } catch (error) {
    if (!(error instanceof DiscordRefusal)) throw error
    send(response, error.status, error.body, rateHeaders(rate, method, path))
  }
}

/** Interactions and their webhooks carry their own token in the path. */
function findBot(
  request: IncomingMessage,
  path: string,
  { bots }: RequestContext,
): DiscordBotState | undefined {
  const byPath = /^\/(?:interactions|webhooks)\/\d+\/([^/]+)/.exec(path)?.[1]
  for (const bot of bots()) {
    if (byPath !== undefined && bot.interactions.has(byPath)) return bot
    if (request.headers.authorization === `Bot ${bot.token}` && !bot.revoked) return bot
  }
  return undefined
}

function payloadOf(params: Readonly<Record<string, unknown>>): DiscordBotState['calls'][0]['body'] {
  const payload = params['payload_json']
  return typeof payload === 'object' && payload !== null
    ? (payload as Readonly<Record<string, unknown>>)
    : params
}

/** One bucket for each kind of call in each conversation. */
function bucketOf(method: string, path: string): string {
  const [, major = ''] = /^\/(?:channels|guilds|webhooks)\/(\d+)/.exec(path) ?? []
  return `${method} ${path.replaceAll(/\d{17,}/g, 'id')} ${major}`
}

function rateHeaders(
  { limit: calls, remaining, resetAfterMs }: RateState,
  method: string,
  path: string,
): Readonly<Record<string, string>> {
  return {
    'x-ratelimit-limit': String(calls),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset-after': String(resetAfterMs / 1000),
    'x-ratelimit-bucket': Buffer.from(`${method} ${path.replaceAll(/\d{17,}/g, 'id')}`).toString(
      'base64url',
    ),
  }
}

function limit(
  response: ServerResponse,
  { resetAfterMs }: Pick<RateState, 'resetAfterMs'>,
  scope: 'user' | 'global' = 'user',
): void {
  const seconds = resetAfterMs / 1000
  const isGlobal = scope === 'global'
  send(
    response,
    429,
    { message: 'You are being rate limited.', retry_after: seconds, global: isGlobal },
    {
      'retry-after': String(seconds),
      'x-ratelimit-scope': scope,
      ...(isGlobal ? { 'x-ratelimit-global': 'true' } : {}),
    },
  )
}

/** Faults that keep the call from having its effect. */
async function refused(response: ServerResponse, fault: Fault): Promise<boolean> {
  switch (fault.kind) {
    case 'drop-before': {
      response.destroy()
      return true
    }
    case 'silence': {
      await new Promise((resolve) => response.once('close', resolve))
      return true
    }
    case 'rate-limit': {
      limit(response, { resetAfterMs: fault.retryAfterMs })
      return true
    }
    case 'status': {
      send(response, fault.status, { message: fault.message ?? `${fault.status}`, code: 0 })
      return true
    }
    case 'unauthorized': {
      send(response, 401, { message: '401: Unauthorized', code: 0 })
      return true
    }
    case 'garbage': {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(fault.body ?? '{"id":')
      return true
    }
    default: {
      return false
    }
  }
}

function answerFile(response: ServerResponse, url: URL, { world }: RequestContext): void {
  const file = world.files.get(url.pathname)
  // Links are signed: https://discord.com/developers/docs/reference#signed-attachment-cdn-urls
  if (!file || !url.searchParams.has('hm')) {
    return send(response, 404, { message: '404: Not Found', code: 0 })
  }
  response.writeHead(200, { 'content-length': file.data.length })
  response.end(file.data)
}

export function send(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.destroyed) return
  if (status === 204) return void response.writeHead(204, headers).end()
  const text = JSON.stringify(value)
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}
