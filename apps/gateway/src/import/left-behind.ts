import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImportSource } from './source.ts'
import type { Tell } from './things.ts'

/** What their state has besides, and what a person does about it. */
const known: readonly (readonly [folder: string, name: RegExp, note: string])[] = [
  [
    'credentials/whatsapp',
    /./,
    'a linked number: write this folder as `authDir` of the WhatsApp account, or link it anew with `junctor channels login`',
  ],
  [
    'credentials',
    /-(allowFrom|pairing)\.json$/,
    'people who were let in by pairing: write their ids into `allowFrom`, or approve them anew',
  ],
  ['credentials', /^oauth\.json$/, 'a sign-in that nothing here renews'],
  ['cron', /^jobs\.json$/, 'scheduled jobs are not taken over'],
  ['memory', /\.sqlite$/, 'an index of memory files: the files themselves are in the workspaces'],
]

/** Names what is not taken over, so that nobody finds out later. */
export async function tellLeftBehind({ stateDir }: ImportSource, tell: Tell): Promise<void> {
  for (const [folder, name, note] of known) {
    const names = await readdir(join(stateDir, folder)).catch((): string[] => [])
    for (const each of names.toSorted((a, b) => (a < b ? -1 : 1)))
      if (name.test(each))
        tell.thing({ kind: 'file', name: join(stateDir, folder, each), outcome: 'left', note })
  }
}
