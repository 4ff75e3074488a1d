import type { Logger } from '@junctor/channel'
import { describeProblem, formatProblem, type Config } from '@junctor/config'
import { watchFiles, type FileVersion } from '@junctor/config/file'
import type { Gateway } from '@junctor/gateway'
import type { CliContext } from './context.ts'
import { readConfig } from './load-config.ts'
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
  /** A config is in force. */
  readonly reloaded: (config: Config) => void
  /** Ends the watch. */
  readonly signal: AbortSignal
}

export interface Reloader {
  /** Reloads whenever one of these files changes, and from then on whenever one changes that the config is made of. */
  follow(files: readonly FileVersion[]): void
  /** Why the file on disk is not in force. */
  problem(): string | undefined
}

/** Puts edits of the config into force as they come, one at a time; or keeps what is in force and says why. */
export function createReloader({
  context,
  gateway,
  secrets,
  config: first,
  log,
  signal,
  reloaded,
}: ReloaderOptions): Reloader {
  let problem: string | undefined
  let running = Promise.resolve()
  const watch = watchFiles(() => void (running = running.then(reload)), { signal })

  const reload = async (): Promise<void> => {
    try {
      const read = await readConfig(context)
      watch.follow(read.files)
      // Some editors empty a file before they write it, and nobody means to drop every agent that way.
      if (read.isBlank)
        return refuse(`${read.files[0]?.path} is empty or gone; {} would mean the defaults`)
      if (!read.ok) {
        const errors = read.problems.filter(({ severity }) => severity === 'error')
        return refuse(errors.map(describeProblem).join('\n'))
      }
      const { config, problems } = read
      for (const secret of secretsOf(config, context.env)) secrets.add(secret)
      await prepareAgents(config)
      await gateway.reload(config)
      problem = undefined
      reloaded(config)
      for (const line of [...problems.map(formatProblem), ...waitingForRestart(first, config)])
        log.warn({}, line)
    } catch (error) {
      refuse(error instanceof Error ? error.message : String(error))
    }
  }

  const refuse = (reason: string): void => {
    if (signal.aborted) return
    problem = reason
    log.error({ problem }, 'the edited config is not in force; the last good one is kept')
  }

  return { follow: watch.follow, problem: () => problem }
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
