import type { Config } from '../config.ts'
import type { Origin } from '../normalise.ts'
import type { Path, Place, Report } from '../report.ts'
import type { ConfigInput } from '../schema/config-schema.ts'

/** What the checks that compare one part with another are given. */
export interface CheckContext {
  readonly config: Config
  readonly input: ConfigInput
  readonly report: Report
  /** The place of a path in the text, or of the nearest thing around it. */
  readonly at: (path: Path) => Place
  /** Whether the file says something at a path, and does not leave it to a default. */
  readonly isWritten: (path: Path) => boolean
  /** Where the file has what is at a path. */
  readonly originOf: (path: Path) => Origin | undefined
  readonly agentIds: ReadonlySet<string>
  /** Two spellings of one folder give the same text. */
  readonly canonicalPath: (path: string) => string
}

/** Where the file has an account: a channel without `accounts` is its own. */
export function accountPath(input: ConfigInput, channel: string, accountId: string): Path {
  const accounts = input.channels?.[channel]?.accounts
  return accounts === undefined
    ? ['channels', channel]
    : ['channels', channel, 'accounts', accountId]
}

/** `"a", "b" and "c"` */
export function join(words: readonly string[], last = 'and'): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}
