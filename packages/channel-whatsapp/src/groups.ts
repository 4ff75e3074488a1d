import type { GroupMetadata } from '@whiskeysockets/baileys'
import type { Socket } from './baileys.ts'

/** Who is in a group. Asked once and forgotten when the server tells of a change. */
export interface Groups {
  find(group: string): Promise<GroupMetadata>
  known(group: string): GroupMetadata | undefined
  isAdmin(group: string, author: string): Promise<boolean>
}

/** A change may be missed while nobody is connected to hear of it; a new socket begins with nothing. */
export function createGroups(socket: Socket): Groups {
  const known = new Map<string, GroupMetadata>()
  socket.ev.on('groups.update', (changes) => {
    for (const { id } of changes) if (id) known.delete(id)
  })
  socket.ev.on('group-participants.update', ({ id }) => void known.delete(id))

  const find = async (group: string): Promise<GroupMetadata> => {
    const metadata = known.get(group) ?? (await socket.groupMetadata(group))
    known.set(group, metadata)
    return metadata
  }

  return {
    find,
    known: (group) => known.get(group),
    async isAdmin(group, author) {
      const { participants } = await find(group)
      return participants.some(
        ({ id, phoneNumber, lid, admin }) =>
          Boolean(admin) && [id, phoneNumber, lid].includes(author),
      )
    },
  }
}
