import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import type { Config } from '../config.ts'
import { accountSecrets } from '../defaults/account-secrets.ts'
import type { ConfigSource, Edited, EditedFile } from '../edit/draft.ts'
import { ConfigError } from '../errors.ts'
import { parseConfig, type ParseOptions } from '../parse-config.ts'
import type { Problem } from '../problem.ts'
import { canonicalPath } from './canonical-path.ts'
import { createConfigFiles } from './config-files.ts'
import { withFileLock } from './file-lock.ts'
import { isMissing, type LoadOptions } from './load-config-file.ts'
import { writeFileAtomically } from './write-file-atomically.ts'

/** A file that was replaced. */
export interface WrittenFile {
  readonly path: string
  /** Where the old content is; undefined when there was none. */
  readonly backupPath: string | undefined
}

export type EditedConfigFile<Result> =
  | ({
      readonly ok: true
      /** What the edited config means. */
      readonly config: Config
      readonly written: readonly WrittenFile[]
    } & Result)
  | { readonly ok: false; readonly problems: readonly Problem[] }

const mostTries = 5

/**
 * Edits a config file, or the files that it includes. What the edit gives is read as a whole before anything is written: an
 * edit that would leave an invalid config is refused, and changes nothing. Secrets are not looked at; whether each can be had
 * is for the gateway to find out. Edits by this function wait for each other; one that meets an editor begins anew.
 *
 * @throws ConfigError `WRITE_FAILED`; the files are then as they were.
 */
export function editConfigFile<Result extends object>(
  options: LoadOptions,
  edit: (source: ConfigSource) => Edited<Result>,
): Promise<EditedConfigFile<Result>> {
  return withFileLock(options.configPath, () => editAlone(options, edit))
}

async function editAlone<Result extends object>(
  options: LoadOptions,
  edit: (source: ConfigSource) => Edited<Result>,
): Promise<EditedConfigFile<Result>> {
  const { configPath, env = process.env, home = homedir(), flavour } = options
  for (let tries = 1; ; tries += 1) {
    const text = await readText(configPath)
    const { readInclude, contents } = createConfigFiles(configPath, home)
    const source = { file: configPath, text, env, ...(flavour && { flavour }), readInclude }
    const edited = edit(source)
    if (!edited.ok) return edited
    const files = new Map(edited.files.map((each) => [each.file ?? configPath, each.text]))
    const parsed = check(files.get(configPath) ?? text, files, options)
    if (!parsed.ok) return parsed
    const before = new Map([...contents(), [configPath, text]])
    const isFresh = await isAsRead(edited.files, before, configPath)
    if (!isFresh && tries < mostTries) continue
    if (!isFresh)
      throw new ConfigError(
        'WRITE_FAILED',
        `${configPath} is being edited by somebody else; try again`,
      )
    const written = await writeAll(files, before)
    return { ...edited, config: parsed.config, written }
  }
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return ''
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigError('WRITE_FAILED', `${path} cannot be read: ${reason}`, { cause: error })
  })
}

type Checked =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Reads the config as it would be, with a stand-in for each secret. */
function check(text: string, files: ReadonlyMap<string, string>, options: LoadOptions): Checked {
  const { configPath, stateDir, env = process.env, home = homedir(), flavour } = options
  const disk = createConfigFiles(configPath, home)
  const texts = [text]
  const readInclude: ParseOptions['readInclude'] = (path, from) => {
    const found = disk.readInclude(path, from)
    const now = files.get(found.file) ?? found.text
    texts.push(now)
    return { ...found, text: now }
  }
  const parse = (more: Readonly<Record<string, string>>) =>
    parseConfig(text, {
      file: configPath,
      env: { ...env, ...more },
      home,
      stateDir,
      ...(flavour && { flavour }),
      readInclude,
      readSecretFile: standIn,
      canonicalPath,
    })
  const parsed = parse({})
  const isMissingSecret = ({ code, severity }: Problem): boolean =>
    severity === 'error' && code === 'MISSING_SECRET'
  if (!parsed.problems.some(isMissingSecret)) return parsed
  const names = texts.flatMap((each) =>
    Array.from(each.matchAll(/\$\{([^{}]*)\}/g), ([, name]) => name ?? ''),
  )
  const missing = names.filter((name) => (env[name] ?? '').trim() === '')
  return parse({
    ...Object.fromEntries(missing.map((name) => [name, standIn(name)])),
    // Accounts may take theirs from the gateway's environment, which this process need not have.
    ...Object.fromEntries(
      accountSecrets.map(({ variable }) => [variable, env[variable] ?? standIn(variable)]),
    ),
  })
}

/** Something that may stand for a token as well as for an address; two secrets have two. */
function standIn(name: string): string {
  return `http://${Array.from(name, (character) => character.codePointAt(0)?.toString(36)).join('-')}.invalid`
}

async function isAsRead(
  edited: readonly EditedFile[],
  before: ReadonlyMap<string, string>,
  configPath: string,
): Promise<boolean> {
  for (const { file = configPath } of edited)
    if ((await readText(file)) !== (before.get(file) ?? '')) return false
  return true
}

/** All or none: when one cannot be written, those before it get back what they had. */
async function writeAll(
  files: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
): Promise<readonly WrittenFile[]> {
  const written: WrittenFile[] = []
  try {
    for (const [path, text] of files)
      written.push({ path, ...(await writeFileAtomically(path, text)) })
    return written
  } catch (error) {
    for (const { path } of written)
      await writeFileAtomically(path, before.get(path) ?? '', { backup: false })
    throw error
  }
}
