import type { Tool } from '@junctor/agent'
import { connect, type Connection } from './connection.ts'
import type { McpServerSettings } from './settings.ts'

/** What a turn gets of a server. */
export interface Offer {
  readonly tools: readonly Tool[]
  readonly notes: readonly string[]
}

/** One server of one agent: started when it is first asked for, and again, later each time, when it ends. */
export interface Server {
  readonly settings: McpServerSettings
  /** Answers soon: a server that is not up yet is told of, not waited for. Never rejects. */
  offer(): Promise<Offer>
  close(): Promise<void>
}

export interface ServerOptions {
  readonly name: string
  readonly settings: McpServerSettings
  readonly folder: string
  /** How long a turn waits for a server that starts, in milliseconds. */
  readonly patienceMs: number
  /** Milliseconds. */
  readonly now: () => number
}

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 300_000
/** One that ran for so long had started well. */
const GOOD_RUN_MS = 60_000

export function createServer(options: ServerOptions): Server {
  const { name, settings, now } = options
  const unwanted = new AbortController()
  let connection: Promise<Connection> | undefined
  let startedAt = 0
  let failures = 0
  let down: { readonly reason: string; readonly until: number } | undefined

  const fail = (failed: Promise<Connection> | undefined, reason: string): void => {
    if (connection !== failed) return
    connection = undefined
    failures = now() - startedAt > GOOD_RUN_MS ? 1 : failures + 1
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1))
    down = { reason, until: now() + waitMs }
  }

  const start = (): Promise<Connection> => {
    startedAt = now()
    down = undefined
    const ended = (reason: string): void => fail(starting, reason)
    const starting: Promise<Connection> = connect({
      server: name,
      ...options,
      ended,
      signal: unwanted.signal,
    })
    // `ended` has been told.
    starting.catch(() => {})
    connection = starting
    return starting
  }

  const without = (note: string): Offer => ({
    tools: [],
    notes: [`MCP server "${name}" ${note}`],
  })
  const whyDown = (): Offer => {
    const { reason = 'it ended', until = 0 } = down ?? {}
    const seconds = Math.max(1, Math.ceil((until - now()) / 1_000))
    return without(`is not there: ${reason}; it is started again after ${seconds} s`)
  }

  return {
    settings,
    async offer() {
      if (connection === undefined && down !== undefined && now() < down.until) return whyDown()
      const waited = await within(connection ?? start(), options.patienceMs)
      if (waited === 'late') return without('is still starting; its tools come with a later turn')
      if (waited === undefined) return whyDown()
      try {
        const { tools, problems } = await waited.tools()
        return { tools, notes: problems.map((problem) => `MCP server "${name}": ${problem}`) }
      } catch (error) {
        return without(`did not list its tools: ${String(error).slice(0, 300)}`)
      }
    },
    async close() {
      const last = connection
      connection = undefined
      unwanted.abort(new Error('it was stopped'))
      await (await last?.catch(() => undefined))?.close()
    },
  }
}

/** Undefined when it rejects. */
async function within<Result>(
  promise: Promise<Result>,
  ms: number,
): Promise<Result | 'late' | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms)
  })
  try {
    return await Promise.race([promise.catch(() => undefined), late])
  } finally {
    clearTimeout(timer)
  }
}
