import type { Vault } from '@junctor/channel'
import type { Store, Table } from '@junctor/store'

/** Credentials and cursors of one channel account, kept in the gateway's store. */
export function vaultOf(store: Store, channel: string, accountId: string): Vault {
  return createVault(store.gateway.table(`vault:${channel}/${accountId}`))
}

function createVault(table: Table): Vault {
  return {
    async read(key) {
      const entry = await table.get(key)
      return typeof entry?.value === 'string' ? Buffer.from(entry.value, 'base64') : undefined
    },
    async write(key, value) {
      await table.put(key, Buffer.from(value).toString('base64'))
    },
    async remove(key) {
      await table.remove(key)
    },
  }
}
