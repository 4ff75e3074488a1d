import { setTimeout as sleep } from 'node:timers/promises'
import type { ChannelHost } from '@junctor/channel'
import type { Place } from './directory.ts'
import { isFields } from './payload.ts'

/** How far a conversation was stored. */
export interface Cursor {
  readonly conversation: string
  readonly place: Place
  /** The newest message that was stored, `ts` as Slack gives it. */
  readonly ts: string
  /** Threads that were written in lately: a history tells nothing of new answers in old threads. */
  readonly threads: readonly string[]
}

/** Where to go on after an outage, kept in the vault. */
export interface Cursors {
  /** The conversations written in lately, those last written in first. */
  all(): readonly Cursor[]
  note(message: Omit<Cursor, 'threads'> & { readonly thread: string | undefined }): void
  /** Write down what is not yet written. */
  flush(): Promise<void>
}

const key = 'cursors'
const mostConversations = 100
const mostThreads = 20
/** Being behind does no harm: what was stored is recognised. */
const writeAfterMs = 1000

export async function openCursors(host: ChannelHost): Promise<Cursors> {
  const cursors = readAll(await host.vault.read(key), host)
  let isStale = false
  let writing: Promise<void> = Promise.resolve()

  const write = async (): Promise<void> => {
    if (!isStale) return
    isStale = false
    const text = JSON.stringify([...cursors.values()])
    await host.vault.write(key, new TextEncoder().encode(text)).catch((error: unknown) => {
      isStale = true
      host.log.warn({ error }, 'Slack cursors could not be written down')
    })
  }
  const flush = (): Promise<void> => (writing = writing.then(write))

  return {
    all: () => [...cursors.values()].toReversed(),
    note({ conversation, place, ts, thread }) {
      const known = cursors.get(conversation)
      const others = known?.threads.filter((one) => one !== thread) ?? []
      cursors.delete(conversation)
      cursors.set(conversation, {
        conversation,
        place: known?.place ?? place,
        ts: known !== undefined && Number(known.ts) > Number(ts) ? known.ts : ts,
        threads: (thread === undefined ? others : [...others, thread]).slice(-mostThreads),
      })
      const [oldest] = cursors.keys()
      if (cursors.size > mostConversations && oldest !== undefined) cursors.delete(oldest)
      if (isStale) return
      isStale = true
      void sleep(writeAfterMs, undefined, { ref: false }).then(flush)
    },
    flush,
  }
}

function readAll(bytes: Uint8Array | undefined, { log }: ChannelHost): Map<string, Cursor> {
  if (bytes === undefined) return new Map()
  try {
    const list: unknown = JSON.parse(new TextDecoder().decode(bytes))
    const all = Array.isArray(list) ? list.filter(isCursor) : []
    return new Map(all.map((cursor) => [cursor.conversation, cursor]))
  } catch (error) {
    log.warn({ error }, 'Slack cursors in the vault cannot be read; nothing is caught up')
    return new Map()
  }
}

function isCursor(value: unknown): value is Cursor {
  return (
    isFields(value) &&
    typeof value['conversation'] === 'string' &&
    typeof value['ts'] === 'string' &&
    isFields(value['place']) &&
    Array.isArray(value['threads'])
  )
}
