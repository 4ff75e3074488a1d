import { Buffer } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Fault } from '../fault.ts'
import { readBody, type RequestBody } from '../http-body.ts'
import type { BotState } from './bot-state.ts'
import { findMethod } from './methods.ts'
import { ApiFailure } from './types.ts'

const requestFaults = [
  'drop-before',
  'drop-after',
  'delay',
  'rate-limit',
  'status',
  'silence',
  'oversize',
  'unauthorized',
  'second-consumer',
  'garbage',
] as const

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Answer one HTTP request in the words of https://core.telegram.org/bots/api#making-requests */
export async function answer(
  exchange: Exchange,
  findBot: (token: string) => BotState | undefined,
  record: boolean,
): Promise<void> {
  const { request, response } = exchange
  const path = request.url ?? '/'
  const file = /^\/file\/bot([^/]+)\/files\/([^?]+)/.exec(path)
  if (file) return answerFile(response, findBot(file[1] ?? ''), file[2] ?? '')

  const route = /^\/bot([^/]+)\/(\w+)/.exec(path)
  const body = await readBody(request, new URL(path, 'http://127.0.0.1'))
  if (!route) return fail(response, 404, 'Not Found')
  const [, token = '', method = ''] = route
  const bot = findBot(token)
  if (!bot || bot.revoked) return fail(response, 401, 'Unauthorized')
  bot.callCounts.set(method, (bot.callCounts.get(method) ?? 0) + 1)
  if (record) bot.calls.push({ method, params: body.params, at: Date.now() })
  bot.changed()

  const fault = bot.takeFault(method, ...requestFaults)
  if (fault && (await refused(exchange, fault))) return
  await perform(exchange, { bot, method, body }, fault)
}

interface Performed {
  readonly bot: BotState
  readonly method: string
  readonly body: RequestBody
}

async function perform(
  { response }: Exchange,
  { bot, method, body }: Performed,
  fault: Fault | undefined,
): Promise<void> {
  const run = findMethod(method)
  if (!run) return fail(response, 404, 'Not Found: method not found')
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  try {
    const result = await run({ bot, body, signal: gone.signal })
    if (fault?.kind === 'drop-after') return void response.destroy()
    if (fault?.kind === 'delay') await sleep(fault.delayMs)
    const padding = fault?.kind === 'oversize' ? { padding: 'x'.repeat(fault.bytes) } : {}
    send(response, 200, { ok: true, result, ...padding })
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error
    fail(response, error.status, error.message, error.parameters)
  }
}

/** Faults that keep the method from having its effect. */
async function refused({ response }: Exchange, fault: Fault): Promise<boolean> {
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
      const seconds = Math.ceil(fault.retryAfterMs / 1000)
      fail(response, 429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds })
      return true
    }
    case 'status': {
      fail(response, fault.status, fault.message ?? statusText(fault.status))
      return true
    }
    case 'unauthorized': {
      fail(response, 401, 'Unauthorized')
      return true
    }
    case 'second-consumer': {
      fail(
        response,
        409,
        'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
      )
      return true
    }
    case 'garbage': {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(fault.body ?? '{"ok":true,"result":')
      return true
    }
    default: {
      return false
    }
  }
}

function answerFile(response: ServerResponse, bot: BotState | undefined, id: string): void {
  const file = bot?.revoked ? undefined : bot?.files.get(decodeURIComponent(id))
  if (!file) return fail(response, 404, 'Not Found')
  response.writeHead(200, { 'content-length': file.data.length })
  response.end(file.data)
}

export function fail(
  response: ServerResponse,
  status: number,
  description: string,
  parameters?: Readonly<Record<string, number>>,
): void {
  send(response, status, {
    ok: false,
    error_code: status,
    description,
    ...(parameters ? { parameters } : {}),
  })
}

function send(response: ServerResponse, status: number, value: object): void {
  if (response.destroyed) return
  const text = JSON.stringify(value)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

function statusText(status: number): string {
  return status === 502 ? 'Bad Gateway' : status >= 500 ? 'Internal Server Error' : 'Bad Request'
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
