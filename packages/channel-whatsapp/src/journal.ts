import type { Vault } from '@junctor/channel'

/** Values are text; `null` removes. */
export type Changes = ReadonlyMap<string, string | null>

/**
 * Many small values in few entries of the vault: a snapshot and the changes since, each entry written whole or not at all.
 * Changes that are written together are found together after a crash.
 */
export interface Journal {
  get(key: string): string | undefined
  keys(prefix: string): readonly string[]
  /** Resolves once the vault has them; in memory they show only then. */
  write(changes: Changes): Promise<void>
  /** Shows at once and goes along with the next write. */
  add(key: string, value: string | null): void
  /** Resolves once the vault has everything. */
  flush(): Promise<void>
}

export interface JournalOptions {
  readonly vault: Vault
  /** The vault could not be written. Resolves when it is time to try again; rejects to give up. */
  readonly onFailure: (error: unknown) => Promise<void>
}

/** Changes of this size make a new snapshot, unless the snapshot is larger. */
const COMPACT_CHARS = 256 * 1024

interface Waiting {
  readonly changes: Changes
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export async function openJournal({ vault, onFailure }: JournalOptions): Promise<Journal> {
  let generation = Number((await readText(vault, 'head')) ?? 0)
  const values = new Map(Object.entries(parse(await readText(vault, snapshotKey(generation)))))
  const isPresent = ([, value]: readonly [string, string | null]): boolean => value !== null
  let entries = 0
  let entryChars = 0
  for (;;) {
    const text = await readText(vault, entryKey(generation, entries + 1))
    if (text === undefined) break
    apply(values, new Map(Object.entries(parse(text))))
    entries += 1
    entryChars += text.length
  }
  let snapshotChars = 0
  let added = new Map<string, string | null>()
  let waiting: Waiting[] = []
  let isWriting = false

  const persist = async (work: () => Promise<void>): Promise<void> => {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        await onFailure(error)
      }
    }
  }

  /** The head moves last, so a crash on the way leaves the older generation in force. */
  const compact = async (): Promise<void> => {
    const next = generation + 1
    const text = JSON.stringify(Object.fromEntries([...values].filter(isPresent)))
    await persist(() => vault.write(snapshotKey(next), encode(text)))
    await persist(() => vault.write('head', encode(String(next))))
    const [oldGeneration, oldEntries] = [generation, entries]
    generation = next
    entries = 0
    entryChars = 0
    snapshotChars = text.length
    for (let number = oldEntries; number > 0; number -= 1) {
      await persist(() => vault.remove(entryKey(oldGeneration, number)))
    }
    await persist(() => vault.remove(snapshotKey(oldGeneration)))
  }

  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting
      const extra = added
      waiting = []
      added = new Map()
      const merged = new Map([...extra, ...batch.flatMap(({ changes }) => [...changes])])
      try {
        if (merged.size > 0) {
          const text = JSON.stringify(Object.fromEntries(merged))
          await persist(() => vault.write(entryKey(generation, entries + 1), encode(text)))
          entries += 1
          entryChars += text.length
          apply(values, new Map(batch.flatMap(({ changes }) => [...changes])))
        }
        for (const { resolve } of batch) resolve()
        if (entryChars > Math.max(COMPACT_CHARS, snapshotChars)) await compact()
      } catch (error) {
        added = new Map([...extra, ...added])
        for (const { reject } of [...batch, ...waiting]) reject(error)
        waiting = []
      }
    }
    isWriting = false
  }

  const write = (changes: Changes): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ changes, resolve, reject })
      if (isWriting) return
      isWriting = true
      void writeAll()
    })

  return {
    get: (key) => values.get(key) ?? undefined,
    keys: (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)),
    write,
    add(key, value) {
      added.set(key, value)
      apply(values, new Map([[key, value]]))
    },
    flush: () => write(new Map()),
  }
}

function apply(values: Map<string, string | null>, changes: Changes): void {
  for (const [key, value] of changes) {
    if (value === null) values.delete(key)
    else values.set(key, value)
  }
}

function snapshotKey(generation: number): string {
  return `snapshot.${generation}`
}

function entryKey(generation: number, number: number): string {
  return `changes.${generation}.${number}`
}

async function readText(vault: Vault, key: string): Promise<string | undefined> {
  const bytes = await vault.read(key)
  return bytes && new TextDecoder().decode(bytes)
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** What this file wrote. */
function parse(text: string | undefined): Record<string, string | null> {
  return text === undefined ? {} : (JSON.parse(text) as Record<string, string | null>)
}
