import type { Node } from '../json5/node.ts'
import { memberOf } from '../json5/tree.ts'
import { settingsOf } from '../schema/channel-settings.ts'

/** Whether a value can be the settings of an account, and is not itself one of them: `{ $file: "…" }` stands for a token. */
export function isAccount(value: Node, channel: string): boolean {
  if (value.type !== 'object') return false
  const isBuiltIn = Object.hasOwn(settingsOf, channel.toLowerCase())
  return !isBuiltIn || memberOf(value, '$file') === undefined
}
