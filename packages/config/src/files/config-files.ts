import { readFileSync, realpathSync } from 'node:fs'
import { dirname, relative, isAbsolute, sep } from 'node:path'
import { ConfigError } from '../errors.ts'
import type { IncludedFile } from '../include.ts'
import { folderOf, resolvePath } from '../paths.ts'
import { fileVersion, type FileVersion } from './file-version.ts'

/** Reads what a config names, and remembers it. */
export interface ConfigFiles {
  readInclude(path: string, from: string | undefined): IncludedFile
  readSecretFile(path: string): string
  /** What was included, by file. */
  contents(): ReadonlyMap<string, string>
  /** Every file that was asked for, also those that could not be read. */
  asked(): readonly FileVersion[]
}

/**
 * Files of one config. An included path stands in the folder of the file that names it, a secret's in that of the config.
 * Included files lie in the folder of the config or below it, links followed: whoever may write one of them gets no other
 * file into the config.
 */
export function createConfigFiles(configPath: string, home: string): ConfigFiles {
  const asked = new Map<string, FileVersion>()
  const contents = new Map<string, string>()
  // Before it is read: a change in between must not be missed.
  const note = (file: string): void => void asked.set(file, fileVersion(file))
  return {
    readInclude(path, from) {
      const file = resolvePath(path, folderOf(from ?? configPath), home)
      note(file)
      const folders = [realpathSync(dirname(configPath)), dirname(realpathSync(configPath))]
      const real = realpathSync(file)
      if (!folders.some((folder) => isWithin(real, folder)))
        throw new ConfigError(
          'OUTSIDE_FOLDER',
          `it lies outside ${folderOf(configPath)}, the folder of the config`,
        )
      const text = readFileSync(file, 'utf8')
      contents.set(file, text)
      return { file, text }
    },
    readSecretFile(path) {
      const file = resolvePath(path, folderOf(configPath), home)
      note(file)
      return readFileSync(file, 'utf8')
    },
    contents: () => contents,
    asked: () => [...asked.values()],
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
