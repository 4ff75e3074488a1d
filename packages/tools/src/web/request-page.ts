import { fetch, type Response } from 'undici'
import { ToolError } from '../errors.ts'
import type { GuardedNetwork } from './guarded-network.ts'

export interface RequestOptions {
  /** Bytes of the content, as it is after decompression, that are read. */
  readonly maxBytes: number
  readonly connectTimeoutMs: number
  readonly signal: AbortSignal
}

export interface PageContent {
  /** Where it was found, after redirects. */
  readonly url: string
  readonly mediaType: string
  readonly charset: string | undefined
  readonly body: Uint8Array
  /** There is more than `maxBytes`. */
  readonly isCut: boolean
}

const MOST_REDIRECTS = 5

/**
 * Gets what stands at an address, each redirect anew through the guard. Sends no credentials and keeps no cookies. Throws
 * `ToolError`.
 */
export async function requestPage(
  tool: string,
  address: string,
  network: GuardedNetwork,
  options: RequestOptions,
): Promise<PageContent> {
  const dispatcher = network.dispatcher(options)
  try {
    let url = toWebUrl(tool, address)
    for (let redirects = 0; ; redirects += 1) {
      const response = await fetch(url, {
        dispatcher,
        redirect: 'manual',
        signal: options.signal,
        headers: { accept: acceptedTypes, 'user-agent': 'Junctor/1 (web_fetch)' },
      })
      const location = response.headers.get('location')
      if (response.status < 300 || response.status > 399 || location === null)
        return await readContent(tool, url, response, options.maxBytes)
      await response.body?.cancel()
      if (redirects === MOST_REDIRECTS)
        throw new ToolError(
          tool,
          'UNREACHABLE',
          `${address} leads from one redirect to the next; ${MOST_REDIRECTS} were followed.`,
        )
      url = toWebUrl(tool, location, url)
    }
  } catch (error) {
    throw toToolError(tool, address, error)
  } finally {
    await dispatcher.destroy()
  }
}

/** Throws `ToolError`. */
export function toWebUrl(tool: string, address: string, base?: URL): URL {
  if (!URL.canParse(address, base?.href))
    throw new ToolError(
      tool,
      'INVALID_INPUT',
      `${JSON.stringify(address.slice(0, 200))} is not a web address. Give a whole one, such as https://example.org/.`,
    )
  const url = new URL(address, base)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new ToolError(
      tool,
      'REFUSED',
      `Only http and https addresses can be opened, not ${url.protocol}`,
    )
  if (url.username !== '' || url.password !== '')
    throw new ToolError(tool, 'REFUSED', 'An address with a user name or password is not opened.')
  return url
}

async function readContent(
  tool: string,
  url: URL,
  response: Response,
  maxBytes: number,
): Promise<PageContent> {
  const { status, statusText } = response
  const [written = '', ...parameters] = (response.headers.get('content-type') ?? '').split(';')
  const mediaType = written.trim().toLowerCase()
  const problem =
    status < 200 || status > 299
      ? new ToolError(tool, 'UNREACHABLE', `${url.href} answered ${status} ${statusText}`.trim())
      : isReadable(mediaType)
        ? undefined
        : new ToolError(
            tool,
            'REFUSED',
            `${url.href} is ${mediaType === '' ? 'of no stated type' : mediaType}; only HTML, JSON and plain text are read.`,
          )
  if (problem !== undefined) {
    await response.body?.cancel()
    throw problem
  }
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    length += chunk.byteLength
    if (length > maxBytes) break
  }
  return {
    url: url.href,
    mediaType,
    charset: charsetIn(parameters),
    body: Buffer.concat(chunks).subarray(0, maxBytes),
    isCut: length > maxBytes,
  }
}

function charsetIn(parameters: readonly string[]): string | undefined {
  return parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"]+)"?\s*$/i.exec(parameter)?.[1])
    .find((charset) => charset !== undefined)
}

export function isHtml(mediaType: string): boolean {
  return mediaType === 'text/html' || mediaType === 'application/xhtml+xml'
}

function isReadable(mediaType: string): boolean {
  return (
    isHtml(mediaType) ||
    mediaType.startsWith('text/') ||
    /^application\/(?:[\w.-]+\+)?(?:json|xml)$/.test(mediaType)
  )
}

function toToolError(tool: string, address: string, error: unknown): unknown {
  if (error instanceof ToolError) return error
  const { cause } = error instanceof Error ? error : {}
  if (cause instanceof ToolError) return cause
  const reason = cause ?? error
  const text = reason instanceof Error && reason.message !== '' ? reason.message : String(reason)
  return new ToolError(tool, 'UNREACHABLE', `${address} cannot be read: ${text}`, { cause: error })
}

const acceptedTypes = 'text/html, application/xhtml+xml, application/json, text/*;q=0.9, */*;q=0.1'
