import type { Logger } from '@junctor/channel'
import type { Config } from '@junctor/config'
import type { Gateway } from '@junctor/gateway'
import type { CliContext } from './context.ts'
import { loadConfig } from './load-config.ts'
import { secretsOf } from './secrets.ts'
import { prepareAgents } from './starter/prepare-agents.ts'

export interface ReloaderOptions {
  readonly context: CliContext
  readonly gateway: Gateway
  /** What the log never shows; grows with every config. */
  readonly secrets: Set<string>
  /** What the process began with. */
  readonly config: Config
  readonly log: Logger
}

export interface Reloader {
  /** Puts the file into force, or keeps what is in force and says why. One at a time. */
  reload(): Promise<void>
  /** Why the file on disk is not in force. */
  problem(): string | undefined
}

export function createReloader({
  context,
  gateway,
  secrets,
  config: first,
  log,
}: ReloaderOptions): Reloader {
  let problem: string | undefined
  let running = Promise.resolve()

  const reload = async (): Promise<void> => {
    const lines: string[] = []
    const note = (line: string): void => void lines.push(line)
    try {
      const { config } = await loadConfig(context, { warn: note, error: note })
      for (const secret of secretsOf(config, context.env)) secrets.add(secret)
      await prepareAgents(config)
      await gateway.reload(config)
      problem = undefined
      lines.push(...waitingForRestart(first, config))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      problem = [reason, ...lines].join('\n')
      log.error({ problem }, 'the edited config is not in force; the last good one is kept')
      return
    }
    for (const line of lines) log.warn({}, line)
  }

  return {
    reload: () => (running = running.then(reload)),
    problem: () => problem,
  }
}

/** Settings that a process reads once. */
function waitingForRestart(first: Config, now: Config): readonly string[] {
  const listening = ({ gateway }: Config): string =>
    JSON.stringify([gateway.host, gateway.port, gateway.allowedHosts])
  return [
    ...(listening(first) === listening(now)
      ? []
      : ['gateway.host, gateway.port and gateway.allowedHosts change with the next start']),
    ...(first.store.durability === now.store.durability
      ? []
      : ['store.durability changes with the next start']),
  ]
}
