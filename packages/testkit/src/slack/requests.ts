import { Buffer } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from '../fault.ts'
import { readMultipart } from '../http-body.ts'
import { findMethod } from './methods.ts'
import type { Sockets } from './sockets.ts'
import { ApiRefusal } from './types.ts'
import type { StoredFile, WorkspaceState } from './workspace-state.ts'

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

export interface Answering {
  readonly workspaces: () => Iterable<WorkspaceState>
  readonly sockets: Sockets
}

const requestFaults = [
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

/** Answer one HTTP request: a Web API method, an upload or a download. */
export async function answer(exchange: Exchange, answering: Answering): Promise<void> {
  const { request, response } = exchange
  const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname
  const raw = await readRaw(request)
  const upload = /^\/upload\/v1\/(\w+)$/.exec(path)
  if (upload) return takeUpload(exchange, raw, upload[1] ?? '', answering)
  const download = /^\/files-(?:pri|dl)\/\w+-(F\w+)\//.exec(path)
  if (download) return giveFile(exchange, download[1] ?? '', answering)
  const method = /^\/api\/([\w.]+)$/.exec(path)?.[1]
  if (method === undefined) return void response.writeHead(404).end('Not found')
  await callMethod(exchange, { method, params: readParams(request, raw) }, answering)
}

interface Called {
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

async function callMethod(
  exchange: Exchange,
  called: Called,
  { workspaces, sockets }: Answering,
): Promise<void> {
  const { request, response } = exchange
  const { method, params } = called
  const token = tokenOf(request, params)
  const isOpening = method === 'apps.connections.open'
  const workspace = [...workspaces()].find(({ botToken, appToken }) =>
    [botToken, appToken].includes(token),
  )
  if (!workspace) return sendError(response, token === '' ? 'not_authed' : 'invalid_auth')
  workspace.callCounts.set(method, (workspace.callCounts.get(method) ?? 0) + 1)
  workspace.calls.push({ method, params, at: Date.now() })
  workspace.changed()

  const revoked = workspace.revoked.get(token)
  if (revoked !== undefined) return sendError(response, revoked)
  if (isOpening !== (token === workspace.appToken)) {
    return sendError(response, 'not_allowed_token_type')
  }
  const fault = workspace.takeFault(method, ...requestFaults)
  if (fault && (await refused(exchange, fault))) return
  if (workspace.deniedMethods.has(method)) return sendError(response, 'missing_scope')
  if (isOpening) return sendOk(response, { url: sockets.createUrl(workspace) })
  await perform(response, { workspace, method, params }, fault)
}

async function perform(
  response: ServerResponse,
  { workspace, method, params }: Called & { readonly workspace: WorkspaceState },
  fault: Fault | undefined,
): Promise<void> {
  const run = findMethod(method)
  if (!run) return sendError(response, 'unknown_method')
  try {
    const result = run({ workspace, params })
    if (fault?.kind === 'drop-after') return void response.destroy()
    if (fault?.kind === 'delay') await sleep(fault.delayMs)
    const padding = fault?.kind === 'oversize' ? { padding: 'x'.repeat(fault.bytes) } : {}
    sendOk(response, { ...result, ...padding })
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error
    sendError(response, error.error, error.more)
  }
}

/** Faults that keep the method from having its effect. */
async function refused({ response }: Exchange, fault: Fault): Promise<boolean> {
  switch (fault.kind) {
    case 'drop-before':
      response.destroy()
      return true
    case 'silence':
      await new Promise((resolve) => response.once('close', resolve))
      return true
    case 'rate-limit': {
      const seconds = String(Math.ceil(fault.retryAfterMs / 1000))
      response.setHeader('retry-after', seconds)
      send(response, 429, { ok: false, error: 'ratelimited' })
      return true
    }
    case 'status':
      // With 200 the message is the error's name, as for everything but rate limits and outages.
      if (fault.status === 200) sendError(response, fault.message ?? 'fatal_error')
      else response.writeHead(fault.status).end(fault.message ?? 'Server Error')
      return true
    case 'unauthorized':
      sendError(response, 'invalid_auth')
      return true
    case 'garbage':
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end(fault.body ?? '<html>')
      return true
    default:
      return false
  }
}

/** The bytes come raw or as a form, without a token: the address is the secret. */
function takeUpload(
  { request, response }: Exchange,
  raw: Buffer,
  id: string,
  { workspaces }: Answering,
): void {
  const found = findStored(workspaces(), id)
  if (!found) return void response.writeHead(404).end()
  const { workspace, stored } = found
  workspace.callCounts.set('upload', (workspace.callCounts.get('upload') ?? 0) + 1)
  if (workspace.takeFault('upload', 'drop-before')) return void response.destroy()
  const type = request.headers['content-type'] ?? ''
  const [part] = type.startsWith('multipart/') ? readMultipart(raw, type).files.values() : []
  stored.data = part?.data ?? Uint8Array.from(raw)
  response.writeHead(200).end(`OK - ${stored.data.length}`)
}

/** Without the token Slack sends a browser to its login page. */
function giveFile({ request, response }: Exchange, id: string, { workspaces }: Answering): void {
  const found = findStored(workspaces(), id)
  const token = tokenOf(request, {})
  if (found?.stored.data === undefined) return void response.writeHead(404).end()
  if (token !== found.workspace.botToken || found.workspace.revoked.has(token)) {
    return void response.writeHead(302, { location: '/login' }).end()
  }
  response.writeHead(200, { 'content-length': found.stored.data.length })
  response.end(found.stored.data)
}

function findStored(
  workspaces: Iterable<WorkspaceState>,
  id: string,
): { readonly workspace: WorkspaceState; readonly stored: StoredFile } | undefined {
  for (const workspace of workspaces) {
    const stored = workspace.files.get(id)
    if (stored) return { workspace, stored }
  }
  return undefined
}

async function readRaw(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Clients write lists into forms as JSON. */
const structured = new Set(['blocks', 'chunks', 'files', 'attachments', 'metadata'])

function readParams(request: IncomingMessage, raw: Buffer): Readonly<Record<string, unknown>> {
  if (request.headers['content-type']?.startsWith('application/json')) {
    const value: unknown = JSON.parse(raw.toString() || '{}')
    return typeof value === 'object' && value !== null ? { ...value } : {}
  }
  const pairs = [...new URLSearchParams(raw.toString())]
  return Object.fromEntries(
    pairs.map(([name, value]): [string, unknown] => [
      name,
      structured.has(name) ? JSON.parse(value) : value,
    ]),
  )
}

function tokenOf(request: IncomingMessage, params: Readonly<Record<string, unknown>>): string {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  return bearer ?? (typeof params['token'] === 'string' ? params['token'] : '')
}

function sendOk(response: ServerResponse, result: object): void {
  send(response, 200, { ok: true, ...result })
}

/** Almost every refusal has status 200: https://docs.slack.dev/apis/web-api/#responses */
export function sendError(response: ServerResponse, error: string, more: object = {}): void {
  send(response, 200, { ok: false, error, ...more })
}

function send(response: ServerResponse, status: number, value: object): void {
  if (response.destroyed) return
  const text = JSON.stringify(value)
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}
