import { labelled, type JsonValue, type Tool } from '@junctor/agent'
import { NodeError } from './errors.ts'
import type { NodeHub } from './node-hub.ts'
import { isPermitted } from './permits.ts'
import type { CommandEnd } from './protocol.ts'

export interface NodesToolOptions {
  readonly hub: Pick<NodeHub, 'list' | 'run'>
  /** The nodes that the agent may use, and which programs there at most. Of others it learns nothing. */
  readonly permits: ReadonlyMap<string, readonly string[]>
}

const DEFAULT_TIMEOUT_MS = 60_000
const LONGEST_TIMEOUT_MS = 600_000
const LONGEST_ARGUMENTS = 32_000

/** The tool `nodes`: which other machines an agent may use, and a command there. */
export function nodesTool({ hub, permits }: NodesToolOptions): Tool {
  const list = async (): Promise<string> => {
    const { nodes } = await hub.list()
    const own = nodes.flatMap(({ name, connectedSince, allow, lastSeen }) => {
      const mine = permits.get(name)
      if (mine === undefined) return []
      const programs = allow === undefined ? mine : mine.filter((each) => allow.includes(each))
      const connected = connectedSince !== undefined
      const seen = connected ? {} : { lastSeen: new Date(lastSeen).toISOString() }
      return [{ name, connected, programs, ...seen }]
    })
    return JSON.stringify({ nodes: own }, undefined, 1)
  }

  return {
    name: 'nodes',
    description:
      'Other machines that you may use: `list` tells which, whether they are connected, and the programs that they permit; `run` runs one such program there and gives its output and exit code. There is no shell: arguments are passed as they are.',
    inputSchema: {
      type: 'object',
      properties: {
        action: { type: 'string', enum: ['list', 'run'] },
        node: { type: 'string', description: 'Its name' },
        program: { type: 'string', description: 'Exactly as `list` has it' },
        args: { type: 'array', items: { type: 'string' } },
        timeoutMs: {
          type: 'integer',
          minimum: 1,
          maximum: LONGEST_TIMEOUT_MS,
          description: `Default: ${DEFAULT_TIMEOUT_MS}`,
        },
      },
      required: ['action'],
      additionalProperties: false,
    },
    once: true,
    timeoutMs: LONGEST_TIMEOUT_MS + 30_000,
    async run(input, { signal }) {
      const { action, node, program, args, timeoutMs } = read(input)
      if (action === 'list') return list()
      if (node === undefined || program === undefined)
        throw new TypeError('The action run needs a "node" and a "program"')
      const mine = permits.get(node)
      // The same for a node of others and for none.
      if (mine === undefined)
        throw denied(`There is no node ${JSON.stringify(node)} for you`, 'nodes.agents')
      if (!isPermitted(mine, program))
        throw denied(
          `${JSON.stringify(program)} may not be run on node "${node}"`,
          `nodes.${node}.allow`,
        )
      const end = await hub.run(node, { program, args, timeoutMs }, signal)
      return `${labelled(`node ${node}: ${program}`, end.output)}\n${endText(end)}`
    },
  }
}

function denied(what: string, rule: string): NodeError {
  return new NodeError('CALL_DENIED', `${what} (${rule} in the config).`, { details: { rule } })
}

function endText({ exitCode, reason, isCut }: CommandEnd): string {
  const cut = isCut ? ' There was more output; only its beginning was kept.' : ''
  const code = exitCode === undefined ? '' : `Exit code ${exitCode}.`
  return `${reason === undefined ? code : `It was ${reason}. ${code}`.trim()}${cut}`
}

function read(input: JsonValue) {
  const fields = typeof input === 'object' && input !== null ? input : {}
  const textOf = (name: string): string | undefined => {
    const value: unknown = Reflect.get(fields, name)
    return typeof value === 'string' ? value : undefined
  }
  const given: unknown = Reflect.get(fields, 'args') ?? []
  const args = Array.isArray(given) ? given.filter((each) => typeof each === 'string') : []
  if (args.join('').length > LONGEST_ARGUMENTS)
    throw new TypeError(`"args" has more than ${LONGEST_ARGUMENTS} characters`)
  const timeoutMs: unknown = Reflect.get(fields, 'timeoutMs') ?? DEFAULT_TIMEOUT_MS
  return {
    action: textOf('action'),
    node: textOf('node'),
    program: textOf('program'),
    args,
    timeoutMs: typeof timeoutMs === 'number' ? timeoutMs : DEFAULT_TIMEOUT_MS,
  }
}
