import { labelled, type Tool } from '@junctor/agent'
import { readInput } from '../input.ts'
import { createGuardedNetwork, type ResolveName } from './guarded-network.ts'
import { htmlToText } from './html-to-text.ts'
import { isHtml, requestPage, toWebUrl, type PageContent } from './request-page.ts'

export interface WebFetchOptions {
  /** Hosts that may be read though they are not on the public internet: names, `*.names` and addresses, with or without a port. */
  readonly privateHosts?: readonly string[]
  /** Bytes read of one answer. Default: 2,000,000. */
  readonly maxBytes?: number
  /** For the whole way to an answer, in milliseconds. Default: 30,000. */
  readonly timeoutMs?: number
  /** Finds the addresses of a name. Default: as the system does. */
  readonly resolve?: ResolveName
}

const name = 'web_fetch'
const SHOWN_LENGTH = 20_000

/** The tool `web_fetch`: what stands at an address of the public web, as text. */
export function webFetchTool({
  privateHosts = [],
  maxBytes = 2_000_000,
  timeoutMs = 30_000,
  resolve,
}: WebFetchOptions = {}): Tool {
  const network = createGuardedNetwork(name, {
    privateHosts,
    ...(resolve === undefined ? {} : { resolve }),
  })
  return {
    name,
    description:
      'Read a page of the web: HTML as Markdown, JSON and plain text as they are. Gives a part of a long page; use `offset` for the next.',
    inputSchema: {
      type: 'object',
      properties: {
        url: { type: 'string', description: 'http or https address' },
        offset: {
          type: 'integer',
          minimum: 0,
          description: 'Characters to skip. Default: 0',
        },
      },
      required: ['url'],
      additionalProperties: false,
    },
    timeoutMs: timeoutMs + 30_000,
    async run(input, { signal }) {
      const fields = readInput(name, input)
      const offset = fields.count('offset', { otherwise: 0 })
      const { href } = toWebUrl(name, fields.text('url'))
      const page = await requestPage(name, href, network, {
        maxBytes,
        connectTimeoutMs: timeoutMs,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      })
      const written = decode(page)
      const text = isHtml(page.mediaType)
        ? await htmlToText(name, written, page.url, { signal })
        : written
      return show(page, text, offset)
    },
  }
}

function show({ url, isCut, body }: PageContent, text: string, offset: number): string {
  const end = Math.min(text.length, offset + SHOWN_LENGTH)
  const notes = [
    ...(end < text.length
      ? [`Characters ${offset} to ${end} of ${text.length}; the next part is at offset ${end}.`]
      : []),
    ...(isCut ? [`Only the first ${body.byteLength} bytes were read.`] : []),
  ]
  const shown = labelled(url, text.slice(offset, end))
  return notes.length === 0 ? shown : `${shown}\n[${notes.join(' ')}]`
}

function decode({ mediaType, charset, body }: PageContent): string {
  const stated = charset ?? (isHtml(mediaType) ? charsetOfHtml(body) : undefined) ?? 'utf-8'
  try {
    return new TextDecoder(stated).decode(body)
  } catch {
    // A name that no encoding has.
    return new TextDecoder().decode(body)
  }
}

function charsetOfHtml(body: Uint8Array): string | undefined {
  const start = Buffer.from(body.subarray(0, 1_024)).toString('latin1')
  return /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(start)?.[1]
}
