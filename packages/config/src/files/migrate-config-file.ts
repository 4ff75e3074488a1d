import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { migrateConfig, type MigratedConfig, type MigrateOptions } from '../migrate-config.ts'
import { canonicalPath } from './canonical-path.ts'
import { createConfigFiles } from './config-files.ts'
import type { LoadOptions } from './load-config-file.ts'

export interface MigrateFileOptions
  extends Omit<LoadOptions, 'check'>, Pick<MigrateOptions, 'target' | 'ownPlaces'> {}

export type MigratedConfigFile = MigratedConfig & {
  /** The files that it includes, whose content is in the new text. */
  readonly included: readonly string[]
}

/** `migrateConfig` for a file and all that it includes. Rejects with the system's error when the file cannot be read. */
export async function migrateConfigFile({
  configPath,
  env = process.env,
  home = homedir(),
  ...rest
}: MigrateFileOptions): Promise<MigratedConfigFile> {
  const text = await readFile(configPath, 'utf8')
  const { readInclude, contents } = createConfigFiles(configPath, home)
  const options = { ...rest, file: configPath, env, home, readInclude, canonicalPath }
  const migrated = migrateConfig(text, options)
  return { ...migrated, included: [...contents().keys()] }
}
