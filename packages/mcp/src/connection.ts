import { labelled, type Tool } from '@junctor/agent'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import {
  CallToolResultSchema,
  ErrorCode,
  McpError,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { boundedFetch } from './bounded-fetch.ts'
import { McpServerError } from './errors.ts'
import { listTools, type ListedTool, type ToolList } from './list-tools.ts'
import { createProcessTransport, type ProcessTransport } from './process-transport.ts'
import { resultText } from './result-text.ts'
import type { HttpSettings, McpServerSettings } from './settings.ts'

export interface ConnectionOptions {
  readonly server: string
  readonly settings: McpServerSettings
  /** Where a process runs. */
  readonly folder: string
  /** Milliseconds. */
  readonly now: () => number
  /** The server is not there any more, once. */
  readonly ended: (reason: string) => void
  /** Aborts when a server that is still coming up is not wanted any more. */
  readonly signal: AbortSignal
}

/** A server that answers. */
export interface Connection {
  /** As it lists them now. */
  tools(): Promise<{ readonly tools: readonly Tool[]; readonly problems: readonly string[] }>
  close(): Promise<void>
}

const START_LIMIT_MS = 60_000
const LIST_LIMIT_MS = 10_000
const PING_LIMIT_MS = 5_000

/** Rejects with `McpServerError` when the server does not come up, after it told the reason to `ended`. */
export async function connect(options: ConnectionOptions): Promise<Connection> {
  const { server, settings, folder, now, signal: unwanted } = options
  const { timeoutMs = 60_000 } = settings
  const client = new Client({ name: 'junctor', version: '1' })
  const transport: Transport & Partial<Pick<ProcessTransport, 'reason'>> =
    'url' in settings
      ? httpTransport(settings)
      : createProcessTransport(settings, { server, folder, now })
  const reasonOf = (fallback: string): string => transport.reason?.() ?? fallback
  let isOver = false
  let list: ToolList | undefined

  const close = async (reason: string): Promise<void> => {
    if (isOver) return
    isOver = true
    // A session at a server is let go; one that does not answer is left as it is.
    await client.close().catch(() => {})
    options.ended(reasonOf(reason))
  }
  Object.assign(client, { onclose: () => void close('it ended') })
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
    list = undefined
  })

  const ended = (reason: string): McpServerError => {
    const why = reasonOf(reason)
    return new McpServerError(server, 'SERVER_ENDED', `is not there any more: ${why}`)
  }

  const call = async (
    tool: ListedTool,
    input: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<string> => {
    if (isOver) throw ended('it ended')
    const origin = `tool "${tool.ownName}" of MCP server "${server}"`
    const params = { name: tool.ownName, arguments: input }
    try {
      const result = await client.request({ method: 'tools/call', params }, CallToolResultSchema, {
        signal,
        timeout: timeoutMs + PING_LIMIT_MS,
      })
      const text = labelled(origin, resultText(result))
      if (result.isError !== true) return text
      throw new McpServerError(server, 'CALL_FAILED', `answered with an error.\n${text}`)
    } catch (error) {
      if (error instanceof McpServerError) throw error
      if (signal.aborted) void checkPulse()
      else if (!isAnswer(error)) await close(textOf(error))
      if (isOver) throw ended(textOf(error))
      const answer = labelled(origin, textOf(error))
      throw new McpServerError(server, 'CALL_FAILED', `failed.\n${answer}`, { cause: error })
    }
  }

  /** One that let a call run out may hang: then it is ended, to start anew. */
  const checkPulse = async (): Promise<void> => {
    try {
      await client.ping({ timeout: PING_LIMIT_MS })
    } catch {
      await close('it does not answer')
    }
  }

  const toTool = (tool: ListedTool): Tool => ({
    name: tool.name,
    description: tool.description,
    inputSchema: tool.inputSchema,
    once: !tool.isRepeatable,
    timeoutMs,
    run: (input, { signal }) => call(tool, Object(input), signal),
  })

  try {
    await client.connect(transport, {
      timeout: START_LIMIT_MS,
      signal: unwanted,
    })
    list = await listTools(client, server, { timeout: LIST_LIMIT_MS, signal: unwanted })
  } catch (error) {
    isOver = true
    await client.close().catch(() => {})
    const reason = reasonOf(textOf(error))
    options.ended(reason)
    throw new McpServerError(server, 'SERVER_ENDED', `did not come up: ${reason}`, { cause: error })
  }
  return {
    async tools() {
      list ??= await listTools(client, server, { timeout: LIST_LIMIT_MS })
      return { tools: list.tools.map(toTool), problems: list.problems }
    },
    close: () => close('it was stopped'),
  }
}

function httpTransport(settings: HttpSettings): Transport {
  const { url, headers = {} } = settings
  return new StreamableHTTPClientTransport(new URL(url), {
    fetch: boundedFetch,
    requestInit: { headers },
  })
}

/** The server is there and said no. */
function isAnswer(error: unknown): boolean {
  const gone: number = ErrorCode.ConnectionClosed
  return error instanceof McpError && error.code !== gone
}

function textOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : {}
  const reason = cause instanceof Error && cause.message !== '' ? cause : error
  return (reason instanceof Error ? reason.message : String(reason)).slice(0, 500)
}
