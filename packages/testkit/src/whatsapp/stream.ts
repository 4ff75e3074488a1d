import type { AccountState } from './account-state.ts'
import { stanza } from './stanza.ts'

/** Why the server ends a stream: another client took over, the phone removed the device, or a status code. */
export type StreamEnd = 'replaced' | 'device_removed' | number

export function endStream(account: AccountState, why: StreamEnd): void {
  const { connection } = account
  if (why === 'device_removed') account.device = undefined
  account.isActive = false
  if (connection) {
    if (why === 'replaced')
      connection.send(stanza('stream:error', {}, [stanza('conflict', { type: why })]))
    else if (why === 'device_removed')
      connection.send(stanza('stream:error', { code: '401' }, [stanza('conflict', { type: why })]))
    else connection.send(stanza('stream:error', { code: String(why) }))
    connection.end()
  }
  account.connection = undefined
  account.changed()
}
