import { randomBytes } from 'node:crypto'
import type { CommandExit, RunningCommand, ToolContext } from '@junctor/agent'
import { createCommandLog, type CommandLog } from './command-log.ts'

/** A command of one session, running or ended. */
export interface Command {
  readonly id: string
  readonly script: string
  readonly startedAt: number
  readonly log: CommandLog
  /** Undefined while it runs. */
  exit: CommandExit | undefined
  /** Resolves when it has ended. */
  readonly ended: Promise<CommandExit>
  readonly running: RunningCommand
  kill(): void
}

export interface CommandStart {
  readonly script: string
  readonly folder: string | undefined
  readonly environment: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

/** The commands of every session, each apart. In memory: a command does not outlive the process that watches it. */
export interface Commands {
  start(context: ToolContext, start: CommandStart): Promise<Command>
  list(context: ToolContext): readonly Command[]
  find(context: ToolContext, id: string): Command | undefined
  forget(context: ToolContext, id: string): void
  /** Ends everything that still runs. */
  close(): Promise<void>
}

const logLimits = { keep: 200_000, show: 24_000 }
/** Ended ones that a session can still ask about. */
const MOST_ENDED = 32

export function createCommands(now: () => number): Commands {
  const sessions = new Map<string, Map<string, Command>>()
  const of = ({ agent, sessionKey }: ToolContext): Map<string, Command> => {
    const key = `${agent.id}\n${sessionKey}`
    const known = sessions.get(key) ?? new Map<string, Command>()
    sessions.set(key, known)
    return known
  }

  return {
    async start(context, { script, folder, environment, timeoutMs }) {
      const workbench = await context.workbench()
      const abort = new AbortController()
      const running = await workbench.run(script, {
        ...(folder === undefined ? {} : { folder }),
        environment,
        signal: abort.signal,
      })
      const id = randomBytes(4).toString('hex')
      const log = createCommandLog({ id, ...logLimits })
      const timer = setTimeout(() => {
        timedOut = true
        abort.abort()
      }, timeoutMs)
      let timedOut = false
      const reading = read(running, log)
      const ended = Promise.all([running.exit, reading]).then(([exit]) => {
        clearTimeout(timer)
        command.exit = timedOut ? { ...exit, reason: `stopped after ${timeoutMs / 1000} s` } : exit
        return command.exit
      })
      const command: Command = {
        id,
        script,
        startedAt: now(),
        log,
        exit: undefined,
        ended,
        running,
        kill: () => abort.abort(),
      }
      const known = of(context)
      known.set(command.id, command)
      const over = [...known.values()].filter(({ exit }) => exit !== undefined)
      for (const old of over.slice(0, Math.max(0, over.length - MOST_ENDED))) known.delete(old.id)
      return command
    },
    list: (context) => [...of(context).values()],
    find: (context, id) => of(context).get(id),
    forget: (context, id) => void of(context).delete(id),
    async close() {
      const all = [...sessions.values()].flatMap((known) => [...known.values()])
      for (const command of all) command.kill()
      await Promise.all(all.map(({ ended }) => ended))
    },
  }
}

async function read({ output }: RunningCommand, log: CommandLog): Promise<void> {
  for await (const part of output) log.add(part)
}
