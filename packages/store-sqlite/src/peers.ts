import type { AddressKey } from '@junctor/store'
import { peerKey } from './address.ts'
import type { Database } from './database.ts'

export function findPeer(database: Database, address: AddressKey): number | undefined {
  return database.get<{ no: number }>('SELECT no FROM peers WHERE key = ?', peerKey(address))?.no
}

export function ensurePeer(database: Database, address: AddressKey): number {
  return (
    findPeer(database, address) ??
    database.insert('INSERT INTO peers (key) VALUES (?)', peerKey(address))
  )
}
