import { describe, expect, it } from 'vitest'
import type { Vault } from '@junctor/channel'
import { openJournal, type Journal } from './journal.ts'

const options = {
  async onFailure(error: unknown): Promise<void> {
    throw error
  },
}

function memory(values = new Map<string, Uint8Array>()): Vault & { values: typeof values } {
  return {
    values,
    read: async (key) => values.get(key),
    write: async (key, value) => void values.set(key, value),
    remove: async (key) => void values.delete(key),
  }
}

const changes = (entries: Readonly<Record<string, string | null>>): Map<string, string | null> =>
  new Map(Object.entries(entries))

const contentOf = (journal: Journal): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(journal.keys('').map((key) => [key, journal.get(key)]))

describe('a journal', () => {
  it('finds again what was written, and not what was removed', async () => {
    const vault = memory()
    const journal = await openJournal({ vault, ...options })
    await journal.write(changes({ a: '1', b: '2' }))
    await journal.write(changes({ a: null, c: '3' }))
    journal.add('d', '4')
    await journal.flush()
    const again = await openJournal({ vault, ...options })
    expect(contentOf(again)).toEqual({ b: '2', c: '3', d: '4' })
    expect(again.keys('c')).toEqual(['c'])
  })

  it('writes what is asked for at once as one entry', async () => {
    const vault = memory()
    const journal = await openJournal({ vault, ...options })
    journal.add('added', '0')
    await Promise.all(['a', 'b', 'c'].map((key) => journal.write(changes({ [key]: '1' }))))
    expect(vault.values.size).toBeLessThan(3)
    expect(contentOf(await openJournal({ vault, ...options }))).toEqual({
      added: '0',
      a: '1',
      b: '1',
      c: '1',
    })
  })

  it('shows nothing that the vault refused, and takes it along later', async () => {
    const vault = memory()
    const journal = await openJournal({ vault, ...options })
    const { write } = vault
    journal.add('added', '0')
    vault.write = () => Promise.reject(new Error('disk full'))
    await expect(journal.write(changes({ a: '1' }))).rejects.toThrow('disk full')
    expect(journal.get('a')).toBeUndefined()
    vault.write = write
    await journal.write(changes({ b: '2' }))
    expect(contentOf(await openJournal({ vault, ...options }))).toEqual({ added: '0', b: '2' })
  })

  it('is whole after a crash at any write, also while it makes a snapshot', async () => {
    const large = 'x'.repeat(100 * 1024)
    for (let survivors = 1; survivors < 25; survivors += 1) {
      const vault = memory()
      let left = survivors
      const limited: Vault = {
        read: vault.read,
        write: (key, value) => spend(() => vault.write(key, value)),
        remove: (key) => spend(() => vault.remove(key)),
      }
      const spend = async (work: () => Promise<void>): Promise<void> => {
        if (left <= 0) throw new Error('crashed')
        left -= 1
        await work()
      }
      const journal = await openJournal({ vault: limited, ...options })
      const expected: Record<string, string> = {}
      let pending = ''
      try {
        for (let index = 0; index < 10; index += 1) {
          pending = String(index)
          await journal.write(changes({ last: pending, [`key ${index}`]: large }))
          expected['last'] = pending
          expected[`key ${index}`] = large
        }
      } catch {
        // The crash.
      }
      const found = contentOf(await openJournal({ vault, ...options }))
      // What was acknowledged is there; the last change is there whole or not at all.
      const withLast = { ...expected, last: pending, [`key ${pending}`]: large }
      expect([Object.keys(expected).length, Object.keys(withLast).length]).toContain(
        Object.keys(found).length,
      )
      expect([expected, withLast]).toContainEqual(found)
    }
  })
})
