import type { Logger } from '@junctor/channel'
import pino from 'pino'

export interface LogOptions {
  readonly isTerminal: boolean
  readonly level: string
  /** Texts that must never be written, whatever field or message they stand in. */
  readonly secrets: ReadonlySet<string>
}

/** Pretty on a terminal, JSON Lines otherwise, on standard error. */
export async function createLog({ isTerminal, level, secrets }: LogOptions): Promise<Logger> {
  const out = isTerminal ? await prettyOutput() : process.stderr
  const log: Logger = pino(
    { level, base: null },
    { write: (line: string) => out.write(redact(line, secrets)) },
  )
  return log
}

/** Every occurrence of a secret is replaced, also where JSON has escaped it. */
export function redact(line: string, secrets: Iterable<string>): string {
  let safe = line
  for (const secret of secrets) {
    const escaped = JSON.stringify(secret).slice(1, -1)
    safe = safe.replaceAll(secret, '[redacted]').replaceAll(escaped, '[redacted]')
  }
  return safe
}

async function prettyOutput(): Promise<{ write(line: string): unknown }> {
  const { prettyFactory } = await import('pino-pretty')
  const format = prettyFactory({
    colorize: true,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname',
    singleLine: true,
  })
  return { write: (line) => process.stderr.write(format(line)) }
}
