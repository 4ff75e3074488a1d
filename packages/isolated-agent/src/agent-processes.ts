import { startProcess, watchProcess, type Handler, type IsolatedProcess } from '@junctor/isolation'
import type { TurnOptions, TurnResult } from '@junctor/runtime'
import { AgentProcessError } from './errors.ts'
import { createTurnHost } from './turn-host.ts'
import { toSpec, type Places, type WiredResult } from './turn-spec.ts'

export interface AgentProcessesOptions {
  /** Absolute path of the module that each process runs; it calls `serveAgent`. */
  readonly module: string
  readonly args?: readonly string[]
  /** The whole environment of a process. Default: empty. */
  readonly env?: NodeJS.ProcessEnv
  /** How long a process may not answer before it is ended. Default 15,000. */
  readonly silenceMs?: number
  /** A process without a turn ends after this long. Default 600,000. */
  readonly idleMs?: number
  /** What an agent's process printed, and how it ended. */
  readonly log?: (agentId: string, line: string) => void
}

export interface IsolatedTurn extends Places {
  /** Heap of the agent's process, in MiB. */
  readonly memoryMb: number
}

export interface AgentProcessState {
  readonly agentId: string
  readonly pid: number
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly turns: number
}

/** One process for each agent, started with its first turn and anew when it has ended. */
export interface AgentProcesses {
  /**
   * As `runTurn`, in the agent's process: model calls and tools that the process does not have itself run here.
   * Rejects with `AgentProcessError` when the process ends meanwhile.
   */
  run(turn: TurnOptions, options: IsolatedTurn): Promise<TurnResult>
  /** Ends the process of an agent; its next turn starts another. False when there is none. */
  end(agentId: string): Promise<boolean>
  list(): readonly AgentProcessState[]
  close(): Promise<void>
}

/** What a process takes beside its heap: Node itself and its code. */
const BESIDE_HEAP_MB = 192
/** A machine that is busy takes its time to load a program. */
const START_MS = 60_000
/** What a process may take to end what it left running. */
const CLOSE_MS = 2_000

interface Running extends IsolatedProcess {
  readonly memoryMb: number
  readonly startedAt: number
  /** What the turns under way may ask for, by `<turnId>/<method>`. */
  readonly handlers: { [method: string]: Handler }
  turns: number
  idle: NodeJS.Timeout | undefined
}

export function createAgentProcesses(options: AgentProcessesOptions): AgentProcesses {
  const {
    module,
    args = [],
    env = {},
    silenceMs = 15_000,
    idleMs = 600_000,
    log = () => {},
  } = options
  const processes = new Map<string, Running>()

  const start = (agentId: string, memoryMb: number): Running => {
    const handlers: Running['handlers'] = {}
    let why: string | undefined
    const started = startProcess({
      module,
      args,
      memoryLimitMb: memoryMb,
      env,
      handlers,
      toError: ({ message }) => new Error(message),
      endError: (reason) =>
        new AgentProcessError(
          'PROCESS_ENDED',
          `The process of agent ${agentId} ended: ${why ?? reason}`,
        ),
      printed: (line) => log(agentId, line),
    })
    const running: Running = {
      ...started,
      memoryMb,
      startedAt: Date.now(),
      handlers,
      turns: 0,
      idle: undefined,
    }
    processes.set(agentId, running)
    const stopWatching = watchProcess(started, {
      silenceMs,
      startMs: Math.max(silenceMs, START_MS),
      memoryLimitBytes: (memoryMb + BESIDE_HEAP_MB) * 2 ** 20,
      ending: (reason) => (why = reason),
    })
    void started.ended.then((reason) => {
      stopWatching()
      clearTimeout(running.idle)
      if (processes.get(agentId) === running) processes.delete(agentId)
      if (running.turns > 0) log(agentId, `the process ended: ${why ?? reason}`)
    })
    return running
  }

  const processOf = (agentId: string, memoryMb: number): Running => {
    const running = processes.get(agentId)
    if (running === undefined) return start(agentId, memoryMb)
    if (running.memoryMb === memoryMb || running.turns > 0) return running
    // Another limit is in force, and nobody is in the way.
    processes.delete(agentId)
    void end(running)
    return start(agentId, memoryMb)
  }

  /** Lets its tools end what they left running, and does not wait long for it. */
  const end = async (running: Running): Promise<void> => {
    const impatience = setTimeout(running.kill, CLOSE_MS)
    await running.wire.call('close', []).catch(() => {})
    clearTimeout(impatience)
    running.kill()
    await running.ended
  }

  return {
    async run(turn, { memoryMb, ...places }) {
      turn.signal.throwIfAborted()
      const { turnId, agent, signal } = turn
      const running = processOf(agent.id, memoryMb)
      const host = createTurnHost(turn)
      const methods = Object.entries(host.handlers).map(([method, handler]) => ({
        name: `${turnId}/${method}`,
        handler,
      }))
      for (const { name, handler } of methods) running.handlers[name] = handler
      clearTimeout(running.idle)
      running.turns += 1
      const stopped = Promise.withResolvers<never>()
      const stop = (): void => stopped.reject(signal.reason)
      signal.addEventListener('abort', stop, { once: true })
      try {
        const call = running.wire.call('turn', [toSpec(turn, places)], { signal })
        return host.toResult((await Promise.race([call, stopped.promise])) as WiredResult)
      } finally {
        signal.removeEventListener('abort', stop)
        stopped.promise.catch(() => {})
        for (const { name } of methods) delete running.handlers[name]
        running.turns -= 1
        if (running.turns === 0) {
          running.idle = setTimeout(() => void end(running), idleMs)
          running.idle.unref()
        }
      }
    },
    async end(agentId) {
      const running = processes.get(agentId)
      if (running === undefined) return false
      await end(running)
      return true
    },
    list: () =>
      [...processes].map(([agentId, { pid = 0, startedAt, turns }]) => ({
        agentId,
        pid,
        startedAt,
        turns,
      })),
    async close() {
      await Promise.all([...processes.values()].map(end))
    },
  }
}
