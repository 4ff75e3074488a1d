import { watch, type FSWatcher } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

export interface WatchOptions {
  /** Ends the watch. */
  readonly signal: AbortSignal
  /** How long the file must have been quiet before a change is told. Default 100. */
  readonly quietMs?: number
  /** How often to look without being told, for file systems that report nothing. Default 2,000. */
  readonly lookEveryMs?: number
}

/**
 * Calls `onChange` after the file has changed, appeared, been replaced or gone away; once for a burst of changes. Resolves
 * when the watch is on: later changes are seen. It watches the folder, because editors put a new file in the old one's
 * place, and looks at the file now and then besides, for network disks, links, and folders that are not there yet.
 */
export async function watchConfigFile(
  path: string,
  onChange: () => void,
  { signal, quietMs = 100, lookEveryMs = 2_000 }: WatchOptions,
): Promise<void> {
  const folder = watchFolder(dirname(path), (name) => {
    if (name === null || name === basename(path)) void look()
  })
  let quiet: NodeJS.Timeout | undefined
  let seen = await fingerprint(path)

  const look = async (): Promise<void> => {
    const now = await fingerprint(path)
    if (now === seen || signal.aborted) return
    seen = now
    clearTimeout(quiet)
    quiet = setTimeout(onChange, quietMs)
  }

  if (signal.aborted) return
  folder.open()
  const timer = setInterval(() => {
    folder.open()
    void look()
  }, lookEveryMs)
  const end = (): void => {
    clearInterval(timer)
    clearTimeout(quiet)
    folder.close()
  }
  signal.addEventListener('abort', end, { once: true })
  await look()
}

interface FolderWatch {
  /** Does nothing when it is open already, or while the folder is not there. */
  open(): void
  close(): void
}

function watchFolder(folder: string, onEvent: (name: string | null) => void): FolderWatch {
  let watcher: FSWatcher | undefined
  const close = (): void => {
    watcher?.close()
    watcher = undefined
  }
  return {
    open() {
      if (watcher !== undefined) return
      try {
        watcher = watch(folder, (_event, name) => {
          onEvent(name)
        })
        watcher.on('error', close)
      } catch {
        // It is not there yet: the next look tries again.
      }
    },
    close,
  }
}

/** Changes with every write, replacement, creation and removal. */
async function fingerprint(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return [ino, size, mtimeNs, ctimeNs].join(':')
  } catch {
    return 'missing'
  }
}
