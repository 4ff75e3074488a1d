import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { migrateConfig, type MigratedConfig, type MigrateOptions } from '../migrate-config.ts'
import { canonicalPath } from './canonical-path.ts'
import { createConfigFiles } from './config-files.ts'
import type { LoadOptions } from './load-config-file.ts'

export interface MigrateFileOptions
  extends Omit<LoadOptions, 'check'>, Pick<MigrateOptions, 'target' | 'ownPlaces' | 'includes'> {}

/** `migrateConfig` for a file and all that it includes. Rejects with the system's error when the file cannot be read. */
export async function migrateConfigFile({
  configPath,
  env = process.env,
  home = homedir(),
  ...rest
}: MigrateFileOptions): Promise<MigratedConfig> {
  const text = await readFile(configPath, 'utf8')
  const { readInclude } = createConfigFiles(configPath, home)
  const options = { ...rest, file: configPath, env, home, readInclude, canonicalPath }
  return migrateConfig(text, options)
}
