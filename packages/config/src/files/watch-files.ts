import { watch, type FSWatcher } from 'node:fs'
import { basename, dirname } from 'node:path'
import { fileVersion, type FileVersion } from './file-version.ts'

export interface WatchOptions {
  /** Ends the watch. */
  readonly signal: AbortSignal
  /** How long the files must have been quiet before a change is told. Default 100. */
  readonly quietMs?: number
  /** How often to look without being told, for file systems that report nothing. Default 2,000. */
  readonly lookEveryMs?: number
}

export interface FileWatch {
  /**
   * Watches these files from now on, and no others. One that is not as it was when it was read has changed: nothing is
   * missed between reading and watching.
   */
  follow(files: readonly FileVersion[]): void
}

/**
 * Calls `onChange` after one of the files has changed, appeared, been replaced or gone away; once for a burst of changes. It
 * watches folders, because editors put a new file in the old one's place, and looks at the files now and then besides, for
 * network disks, links, and folders that are not there yet.
 */
export function watchFiles(
  onChange: () => void,
  { signal, quietMs = 100, lookEveryMs = 2_000 }: WatchOptions,
): FileWatch {
  const versions = new Map<string, string>()
  const folders = new Map<string, FolderWatch>()
  let quiet: NodeJS.Timeout | undefined

  const look = (path: string): void => {
    const { version } = fileVersion(path)
    if (version === versions.get(path) || signal.aborted) return
    versions.set(path, version)
    clearTimeout(quiet)
    quiet = setTimeout(onChange, quietMs)
  }

  const openFolder = (folder: string): FolderWatch =>
    watchFolder(folder, (name) => {
      for (const path of versions.keys())
        if (dirname(path) === folder && (name === null || name === basename(path))) look(path)
    })

  const timer = setInterval(() => {
    for (const folder of folders.values()) folder.open()
    for (const path of versions.keys()) look(path)
  }, lookEveryMs)
  const end = (): void => {
    clearInterval(timer)
    clearTimeout(quiet)
    for (const folder of folders.values()) folder.close()
  }
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })

  return {
    follow(files) {
      if (signal.aborted) return
      const wanted = new Set(files.map(({ path }) => dirname(path)))
      for (const [folder, watched] of folders)
        if (!wanted.has(folder)) {
          watched.close()
          folders.delete(folder)
        }
      versions.clear()
      for (const { path, version } of files) versions.set(path, version)
      for (const folder of wanted) {
        const watched = folders.get(folder) ?? openFolder(folder)
        folders.set(folder, watched)
        watched.open()
      }
      for (const { path } of files) look(path)
    },
  }
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
