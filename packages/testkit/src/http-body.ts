import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'

export interface UploadedFile {
  readonly name: string
  readonly data: Uint8Array
}

export interface RequestBody {
  readonly params: Readonly<Record<string, unknown>>
  /** Uploaded parts by the name of their part. */
  readonly files: ReadonlyMap<string, UploadedFile>
}

const noFiles: ReadonlyMap<string, UploadedFile> = new Map()

/** Parameters come as JSON, as a form, as multipart or in the query. */
export async function readBody(request: IncomingMessage, url: URL): Promise<RequestBody> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const raw = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
  const type = request.headers['content-type'] ?? ''
  if (type.startsWith('application/json')) return { params: parseObject(raw), files: noFiles }
  if (type.startsWith('multipart/form-data')) return readMultipart(raw, type)
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return { params: fromPairs(new URLSearchParams(raw.toString())), files: noFiles }
  }
  return { params: fromPairs(url.searchParams), files: noFiles }
}

// By hand: clients write `filename=a.txt` without quotes, which `Response.formData` rejects.
export function readMultipart(raw: Buffer, type: string): RequestBody {
  const boundary = /boundary="?([^";]+)/.exec(type)?.[1] ?? ''
  const separator = Buffer.from(`--${boundary}`)
  const pairs: [string, string][] = []
  const files = new Map<string, UploadedFile>()
  let from = raw.indexOf(separator)
  while (from >= 0) {
    const start = from + separator.length + 2
    const next = raw.indexOf(separator, start)
    if (next < 0) break
    const part = raw.subarray(start, next - 2)
    const headEnd = part.indexOf('\r\n\r\n')
    const head = part.subarray(0, headEnd).toString()
    const data = part.subarray(headEnd + 4)
    const name = /\bname="([^"]*)"/.exec(head)?.[1] ?? ''
    const fileName = /filename="?([^"\r\n]*)"?/.exec(head)?.[1]
    if (fileName === undefined) pairs.push([name, data.toString()])
    else files.set(name, { name: fileName, data: Uint8Array.from(data) })
    from = next
  }
  return { params: fromPairs(pairs), files }
}

function fromPairs(pairs: Iterable<readonly [string, string]>): Record<string, unknown> {
  const params: Record<string, unknown> = {}
  for (const [name, value] of pairs) params[name] = structured.test(value) ? tryJson(value) : value
  return params
}

const structured = /^(?:[[{]|-?\d{1,15}$|true$|false$)/

function tryJson(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function parseObject(raw: Buffer): Record<string, unknown> {
  const value: unknown = raw.length > 0 ? JSON.parse(raw.toString()) : {}
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
