import type { SessionInfo } from '@discordjs/ws'
import type { ChannelHost } from '@junctor/channel'
import { later, snowflakeAt } from './snowflake.ts'

/**
 * How far this account has come in what Discord tells it. Written down from time to time, so that a restart goes on from
 * there: from the exact event where the session lives on, else from the newest message that was stored.
 */
export interface Position {
  /** The session to resume, at the newest event of which everything before it is stored. */
  session(): SessionInfo | undefined
  begin(session: SessionInfo): void
  end(): void
  /** Whether this account has never had a session, so that it cannot have missed anything. */
  isNew(): boolean
  /** Everything of that session up to this event is stored. */
  stored(sessionId: string, sequence: number): void
  /** Every message up to this one is stored, or was there before this account. */
  mark(): string | undefined
  advance(messageId: string): void
  /** Keep the mark where it is while what was missed is being fetched. */
  hold(): void
  release(): void
  flush(): Promise<void>
}

export interface PositionOptions {
  readonly host: ChannelHost
  readonly saveIntervalMs: number
  readonly now: () => number
}

const key = 'position'

export async function readPosition(options: PositionOptions): Promise<Position> {
  const { host, saveIntervalMs, now } = options
  const saved = parseSaved(await host.vault.read(key))
  let { session, mark } = saved
  let newest = mark
  let isNew = false
  let isHeld = false
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  let written = ''

  const write = async (): Promise<void> => {
    const text = JSON.stringify({ session, mark })
    if (text === written) return
    await host.vault.write(key, new TextEncoder().encode(text))
    written = text
  }

  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    // One after the other, so that an older place never replaces a newer one.
    writing = writing.then(write).catch((error: unknown) => {
      host.log.warn({ error }, 'Discord: the place in the stream could not be written down')
    })
    return writing
  }

  const touch = (): void => {
    timer ??= setTimeout(() => void flush(), saveIntervalMs)
  }

  return {
    session: () => session,
    begin(next) {
      session = next
      isNew = mark === undefined
      // A new account begins here: what was said before is no business of its own.
      mark ??= snowflakeAt(now())
      newest ??= mark
      void flush()
    },
    end() {
      session = undefined
      touch()
    },
    isNew: () => isNew,
    stored(sessionId, sequence) {
      if (session?.sessionId !== sessionId || session.sequence >= sequence) return
      session = { ...session, sequence }
      touch()
    },
    mark: () => mark,
    advance(messageId) {
      if (!/^\d+$/.test(messageId)) return
      newest = newest === undefined ? messageId : later(messageId, newest)
      if (!isHeld) mark = newest
      touch()
    },
    hold() {
      isHeld = true
    },
    release() {
      isHeld = false
      mark = newest
      touch()
    },
    flush,
  }
}

interface Saved {
  readonly session: SessionInfo | undefined
  readonly mark: string | undefined
}

function parseSaved(bytes: Uint8Array | undefined): Saved {
  const nothing = { session: undefined, mark: undefined }
  if (!bytes) return nothing
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (typeof value !== 'object' || value === null) return nothing
    const session = 'session' in value && isSession(value.session) ? value.session : undefined
    const mark =
      'mark' in value && typeof value.mark === 'string' && /^\d+$/.test(value.mark)
        ? value.mark
        : undefined
    return { session, mark }
  } catch {
    return nothing
  }
}

function isSession(value: unknown): value is SessionInfo {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sessionId' in value &&
    typeof value.sessionId === 'string' &&
    'sequence' in value &&
    typeof value.sequence === 'number' &&
    'resumeURL' in value &&
    isGatewayUrl(value.resumeURL)
  )
}

export function isGatewayUrl(value: unknown): value is string {
  return typeof value === 'string' && /^wss?:\/\//.test(value) && URL.canParse(value)
}
