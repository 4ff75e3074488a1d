import type { McpServerConfig } from '../tools-config.ts'
import { url } from './channel-settings.ts'
import { list, record, type NameRule } from './collections.ts'
import { object } from './object.ts'
import { described, mustBe, reader, type Reader } from './reader.ts'
import { boolean, wholeNumber } from './scalars.ts'
import { secret } from './secret.ts'

const timeoutMs = described(
  wholeNumber(1, 2_147_483_647),
  'For one call, in milliseconds. Default: 60,000.',
)

const processServer = object(
  { command: described(secret, 'The program; it speaks over its input and output.') },
  {
    args: described(list(secret), 'Its arguments.'),
    env: described(record(secret), 'Its variables, beside PATH, HOME, LANG and TZ.'),
    onHost: described(
      boolean(),
      'Runs it, on this machine, also for sessions that work in a sandbox. Default: false.',
    ),
    timeoutMs,
  },
)

const httpServer = object(
  { url: described(url, 'Where it is reached, by streamable HTTP.') },
  { headers: described(record(secret), 'Sent with every request.'), timeoutMs },
)

const server: Reader<McpServerConfig> = reader<McpServerConfig>(
  { anyOf: [processServer.schema, httpServer.schema] },
  (source, report) => {
    const { node } = source
    const keys = node.type === 'object' ? node.members.map(({ key }) => key) : []
    if (keys.includes('url')) return httpServer(source, report)
    if (keys.includes('command')) return processServer(source, report)
    return mustBe(source, report, 'an object with a command or a url')
  },
)

/** Tools are called `<server>__<tool>`, in at most 64 characters. */
const serverName: NameRule = {
  pattern: '^[a-z0-9](?:[_-]?[a-z0-9]){0,15}$',
  complaint: (key) =>
    `${JSON.stringify(key.slice(0, 80))} cannot be the name of an MCP server: use a-z and 0-9, with single "_" and "-" between them`,
}

export const mcp: Reader<Readonly<Record<string, McpServerConfig>>> = record(server, serverName)
