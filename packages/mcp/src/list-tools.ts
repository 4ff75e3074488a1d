import type { JsonObject, ToolSpec } from '@junctor/agent'
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { ResultSchema, ToolSchema, type Tool as McpTool } from '@modelcontextprotocol/sdk/types.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { McpServerError } from './errors.ts'

/** A tool of a server, under the name that models know it by. */
export interface ListedTool extends ToolSpec {
  /** As the server calls it. */
  readonly ownName: string
  /** The server says that running it twice does no harm. */
  readonly isRepeatable: boolean
}

export interface ToolList {
  readonly tools: readonly ListedTool[]
  /** Tools that were left out, each with the reason. */
  readonly problems: readonly string[]
}

const ajv = new Ajv2020({ strict: false, logger: false })

const MOST_PAGES = 20
const MOST_TOOLS = 200
const LONGEST_NAME = 64
const LONGEST_DESCRIPTION = 4_000
const LONGEST_SCHEMA = 50_000

/**
 * Asks a server for its tools. What no model provider would take is left out by itself: one bad tool would make a provider
 * refuse every request of the agent.
 */
export async function listTools(
  client: Client,
  server: string,
  options: { readonly timeout: number; readonly signal?: AbortSignal },
): Promise<ToolList> {
  const found: unknown[] = []
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES && found.length <= MOST_TOOLS; page += 1) {
    const params = cursor === undefined ? {} : { cursor }
    const answer = await client.request({ method: 'tools/list', params }, ResultSchema, options)
    if (!Array.isArray(answer['tools']))
      throw new McpServerError(server, 'CALL_FAILED', 'lists no tools')
    found.push(...answer['tools'])
    cursor = typeof answer['nextCursor'] === 'string' ? answer['nextCursor'] : undefined
    if (cursor === undefined) break
  }
  const tools = new Map<string, ListedTool>()
  const problems: string[] = []
  if (found.length > MOST_TOOLS || cursor !== undefined)
    problems.push(`only its first ${MOST_TOOLS} tools are used`)
  for (const entry of found.slice(0, MOST_TOOLS)) {
    const parsed = ToolSchema.safeParse(entry)
    const tool = parsed.success ? toListed(server, parsed.data) : 'it is described in a wrong way'
    if (typeof tool === 'string') problems.push(`its tool ${nameOf(entry)} is left out: ${tool}`)
    else if (tools.has(tool.name))
      problems.push(`its tool ${nameOf(entry)} is left out: there are two "${tool.name}"`)
    else tools.set(tool.name, tool)
  }
  return { tools: [...tools.values()], problems }
}

/** Or what is wrong with it. */
function toListed(server: string, tool: McpTool): ListedTool | string {
  const { name: ownName, description = '', inputSchema, annotations } = tool
  const name = `${server}__${ownName.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`
  if (name.length > LONGEST_NAME) return `"${name}" is longer than ${LONGEST_NAME} characters`
  // Providers take neither a schema's own dialect nor alternatives at its top; the server checks its input itself.
  const { $schema: _, anyOf: _any, oneOf: _one, allOf: _all, ...schema } = inputSchema
  const text = JSON.stringify(schema)
  if (text.length > LONGEST_SCHEMA) return `its schema has ${text.length} characters`
  if (ajv.validateSchema(schema) !== true) return 'its schema is no JSON Schema'
  return {
    name,
    ownName,
    description: description.slice(0, LONGEST_DESCRIPTION).toWellFormed(),
    inputSchema: JSON.parse(text) as JsonObject,
    isRepeatable: annotations?.readOnlyHint === true || annotations?.idempotentHint === true,
  }
}

function nameOf(entry: unknown): string {
  const { name }: { readonly name?: unknown } = Object(entry)
  return typeof name === 'string' ? JSON.stringify(name.slice(0, 100)) : 'without a name'
}
