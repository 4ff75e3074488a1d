import { fileURLToPath } from 'node:url'
import type { Logger } from '@junctor/channel'
import type { TurnRunner } from '@junctor/gateway'
import type { AgentProcesses } from '@junctor/isolated-agent'
import { runTurn } from '@junctor/runtime'
import { cleanedMessages, cleanedTurn } from './without-secrets.ts'

export interface TurnRunnerOptions {
  readonly stateDir: string
  readonly env: { readonly [name: string]: string | undefined }
  readonly log: Logger
  /** What no result of a tool may show. */
  readonly secrets: ReadonlySet<string>
}

/** What the process of an agent sees of the environment: where programs are and how to speak, and none of the keys. */
const passedOn = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'DOCKER_HOST',
  'NODE_COMPILE_CACHE',
]
const module = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? './agent-process.ts' : './agent-process.js',
    import.meta.url,
  ),
)

/** Runs turns here, and those of agents with `runtime.isolation: process` in processes of their own. */
export function createTurnRunner({ stateDir, env, log, secrets }: TurnRunnerOptions): TurnRunner & {
  close(): Promise<void>
} {
  let loaded: Promise<AgentProcesses> | undefined

  const load = async (): Promise<AgentProcesses> => {
    const { createAgentProcesses } = await import('@junctor/isolated-agent')
    return createAgentProcesses({
      module,
      args: [stateDir],
      env: Object.fromEntries(passedOn.map((name) => [name, env[name]])),
      log: (agentId, line) => log.warn({ agentId }, line),
    })
  }

  return {
    async run(turn, { runtime, workbench }) {
      if (runtime.isolation === 'inline') return runTurn(turn)
      const processes = await (loaded ??= load())
      // It knows no secret: what its tools read is cleaned on the way to the model and into the store.
      const result = await processes.run(cleanedTurn(turn, secrets), {
        memoryMb: runtime.memoryMb,
        place: workbench,
        elevatedPlace: { ...workbench, sandbox: undefined },
      })
      return { ...result, messages: cleanedMessages(result.messages, secrets) }
    },
    async restart(agentId) {
      await (await loaded)?.end(agentId)
    },
    async close() {
      await (await loaded)?.close()
    },
  }
}
