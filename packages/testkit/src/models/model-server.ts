import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFaults, type Faults } from '../fault.ts'
import { anthropicDialect } from './anthropic-dialect.ts'
import { chatDialect } from './chat-dialect.ts'
import type { Dialect } from './dialect.ts'
import { createEntry, parseBody, type Entry, type Exchange } from './exchange.ts'
import { playStream } from './play.ts'
import { sendJson, sendRefusal, toRefusal } from './refusal.ts'
import type { ModelApiName, ModelServerRequest } from './request.ts'
import { responsesDialect } from './responses-dialect.ts'
import { modelFaultKinds, toAnswer, type ModelFault, type ModelStep } from './step.ts'
import { createWaiters } from './waiters.ts'

export interface ModelServerOptions {
  /** Default 0: a free one. */
  readonly port?: number
  /** Keys that are let in. Default: any that is not blank. A request without one gets 401. */
  readonly apiKeys?: readonly string[]
  /** How many requests `requests` holds before it forgets the oldest. Default 10,000. */
  readonly keepRequests?: number
}

export interface ModelServerStats {
  /** Everything that reached one of the APIs, refused requests included. */
  readonly requests: number
  readonly answered: number
  readonly aborted: number
  /** TCP connections that clients have opened. */
  readonly connections: number
}

export interface ModelServer {
  readonly url: string
  /** What a client of this API takes as its base URL. */
  baseUrl(api: ModelApiName): string
  /** Answer the next requests with these steps, in order. They come before what `respond` says. */
  reply(...steps: readonly ModelStep[]): void
  /** Answer every further request with the step that is computed from it. Default: the text `ok`. */
  respond(script: (request: ModelServerRequest) => ModelStep): void
  /**
   * Faults that wait for a path, such as `/v1/messages` or `*`. `delay` and `drop-after` go with the next step of the
   * script; the others come before it and use up none.
   */
  readonly faults: Faults
  /** Oldest first. */
  readonly requests: readonly ModelServerRequest[]
  stats(): ModelServerStats
  /** The first request, past or coming, that matches. `timeoutMs` defaults to 10,000. */
  waitFor(
    match: (request: ModelServerRequest) => boolean,
    options?: { readonly timeoutMs?: number },
  ): Promise<ModelServerRequest>
  /** Cuts what is open. */
  close(): Promise<void>
}

const garbage = '<html><body>Bad gateway</body></html>'

const dialects: ReadonlyMap<string, Dialect> = new Map([
  ['/v1/messages', anthropicDialect],
  ['/v1/responses', responsesDialect],
  ['/v1/chat/completions', chatDialect],
])

/** A scripted provider on 127.0.0.1 that speaks Anthropic Messages, OpenAI Responses and Chat Completions. */
export async function createModelServer({
  port = 0,
  apiKeys,
  keepRequests = 10_000,
}: ModelServerOptions = {}): Promise<ModelServer> {
  const requests: Entry[] = []
  const counts = { requests: 0, answered: 0, aborted: 0, connections: 0 }
  const faults = createFaults({ supports: modelFaultKinds })
  const waiters = createWaiters<ModelServerRequest>(requests, () => {
    const seen = requests.map(({ path, aborted }) => (aborted ? `${path} (aborted)` : path))
    return `seen: ${seen.join(', ') || 'none'}`
  })
  const queue: ModelStep[] = []
  let script: (request: ModelServerRequest) => ModelStep = () => ({ text: 'ok' })
  let lastId = 0

  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      handle(incoming, response, Buffer.concat(chunks).toString()).catch((error: unknown) => {
        if (response.headersSent) response.destroy()
        else sendJson(response, 500, { error: { message: String(error) } })
      })
    })
  })
  server.on('connection', () => void (counts.connections += 1))
  server.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  const url = `http://127.0.0.1:${address.port}`

  return {
    url,
    baseUrl: (api) => (api === 'anthropic' ? url : `${url}/v1`),
    reply: (...steps) => void queue.push(...steps),
    respond: (next) => void (script = next),
    faults,
    requests,
    stats: () => ({ ...counts }),
    waitFor: (match, { timeoutMs = 10_000 } = {}) => waiters.waitFor(match, timeoutMs),
    async close() {
      waiters.close()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }

  async function handle(
    incoming: IncomingMessage,
    response: ServerResponse,
    text: string,
  ): Promise<void> {
    const path = (incoming.url ?? '').split('?', 1)[0] ?? ''
    const dialect = dialects.get(path)
    if (dialect === undefined || incoming.method !== 'POST') {
      sendJson(response, 404, { error: { message: `Nothing at ${incoming.method} ${path}` } })
      return
    }
    const body = parseBody(text)
    const exchange: Exchange = {
      dialect,
      response,
      entry: createEntry(dialect, path, incoming, body ?? {}),
      droppedByServer: false,
    }
    record(exchange)
    response.setHeader(dialect.requestIdHeader, nextId('req'))

    if (!isKeyAccepted(incoming, dialect.api)) {
      sendRefusal(response, dialect, { status: 401, message: 'invalid or missing api key' })
    } else if (body === undefined) {
      sendRefusal(response, dialect, { status: 400, message: 'The body is not a JSON object' })
    } else {
      await answer(exchange, nextStep(exchange.entry))
    }
  }

  function nextStep(request: ModelServerRequest): ModelStep {
    const fault = faults.take(request.path)
    if (fault !== undefined && fault.kind !== 'delay' && fault.kind !== 'drop-after') {
      // `createFaults` refuses the other kinds.
      return { fault: fault as ModelFault }
    }
    const step = queue.shift() ?? script(request)
    return fault === undefined ? step : { ...step, fault }
  }

  async function answer(exchange: Exchange, step: ModelStep): Promise<void> {
    const { dialect, response, entry } = exchange
    const { fault } = step
    const refusal = toRefusal(fault)
    if (refusal !== undefined) {
      sendRefusal(response, dialect, refusal)
      return
    }
    if (fault?.kind === 'silence') return
    if (fault?.kind === 'drop-before' || fault?.kind === 'drop-after') {
      drop(exchange)
      return
    }
    if (fault?.kind === 'delay') await sleep(fault.delayMs)
    if (response.closed) return
    const answered = toAnswer(step, nextId)
    if (!entry.stream) {
      if (fault?.kind === 'garbage') response.end(fault.body ?? garbage)
      else sendJson(response, 200, dialect.answer(answered, entry.body, nextId))
      return
    }
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    })
    if (fault?.kind === 'garbage') {
      response.end(fault.body ?? garbage)
      return
    }
    const events = dialect.events(answered, entry.body, nextId)
    if ((await playStream(response, dialect, events, step)) === 'cut') drop(exchange)
  }

  function drop(exchange: Exchange): void {
    exchange.droppedByServer = true
    exchange.response.destroy()
  }

  function record(exchange: Exchange): void {
    const { entry, response } = exchange
    counts.requests += 1
    if (requests.push(entry) > keepRequests) requests.shift()
    response.on('close', () => {
      if (response.writableFinished) {
        counts.answered += 1
        entry.answered = true
      } else if (!exchange.droppedByServer) {
        counts.aborted += 1
        entry.aborted = true
      }
      waiters.check()
    })
    waiters.check()
  }

  function isKeyAccepted({ headers }: IncomingMessage, api: ModelApiName): boolean {
    const bearer = headers.authorization?.replace(/^Bearer\b\s*/i, '')
    const header = api === 'anthropic' ? headers['x-api-key'] : undefined
    const key = (typeof header === 'string' ? header : bearer)?.trim() ?? ''
    return apiKeys === undefined ? key !== '' : apiKeys.includes(key)
  }

  function nextId(prefix: string): string {
    lastId += 1
    return `${prefix}_${lastId.toString(36).padStart(8, '0')}`
  }
}
