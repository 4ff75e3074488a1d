import { basename } from 'node:path'
import type { NewBinding, Origin } from '@junctor/config'
import { CliError } from '../errors.ts'

const kinds = ['dm', 'group', 'channel'] as const

/** Reads `<channel>[:<account>[:<peer kind>:<peer id>]]`; `*` is every account. Throws `USAGE`. */
export function parseBinding(text: string): NewBinding {
  const [channel = '', accountId, kindText, ...idParts] = text.trim().split(':')
  const kind = kinds.find((known) => known === kindText)
  // Ids may hold colons.
  const id = idParts.join(':')
  const isWhole = kindText === undefined || (kind !== undefined && id !== '')
  if (channel === '' || accountId === '' || !isWhole)
    throw new CliError(
      'USAGE',
      `"${text}" is not <channel>, <channel>:<account> or <channel>:<account>:<dm|group|channel>:<id>, as in telegram, telegram:support or telegram:*:dm:123456.`,
    )
  return {
    channel,
    ...(accountId === undefined ? {} : { accountId }),
    ...(kind === undefined ? {} : { peer: { kind, id } }),
  }
}

/** What `parseBinding` reads. */
export function bindingText({ channel, accountId, peer }: NewBinding): string {
  if (peer !== undefined) return `${channel}:${accountId ?? '*'}:${peer.kind}:${peer.id}`
  return accountId === undefined ? channel : `${channel}:${accountId}`
}

/** ` (junctor.json:12)`, or nothing for what no file has. */
export function placeText(origin: Origin | undefined): string {
  if (origin === undefined) return ''
  const { file, line } = origin
  return ` (${file === undefined ? `line ${line}` : `${basename(file)}:${line}`})`
}
