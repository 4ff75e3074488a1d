import { nearest } from '../schema/nearest.ts'
import { quote } from '../schema/reader.ts'
import type { CheckContext } from './check.ts'

/** Settings by channel name a channel that is there, or a typing mistake. */
export function checkChannelNames({ config, input, report, at }: CheckContext): void {
  const known = Object.keys(config.channels)
  const check = (record: object | undefined, path: readonly string[]): void => {
    for (const name of Object.keys(record ?? {})) {
      if (known.includes(name)) continue
      const suggestion = nearest(name, known)
      report.warning(
        at([...path, name]),
        'UNKNOWN_CHANNEL',
        `the channel ${quote(name)} has no account, so nothing reads this`,
        suggestion === undefined ? `configure channels.${name}` : `did you mean "${suggestion}"?`,
      )
    }
  }
  check(input.commands?.allowFrom, ['commands', 'allowFrom'])
  check(input.session?.resetByChannel, ['session', 'resetByChannel'])
  check(input.messages?.queue?.byChannel, ['messages', 'queue', 'byChannel'])
}
