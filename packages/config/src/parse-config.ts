import type { Addition } from './additions.ts'
import type { Config } from './config.ts'
import { detectFlavour } from './flavour/detect.ts'
import type { Difference } from './flavour/differences.ts'
import type { FlavourName } from './flavour/flavours.ts'
import { deepFreeze } from './freeze.ts'
import type { ReadInclude } from './include.ts'
import type { Change } from './lift/change.ts'
import type { Normalised, Origin } from './normalise.ts'
import type { Problem, ProblemCode, ProblemPlace } from './problem.ts'
import { readAgain, readConfig, type Made, type ReadConfig } from './read-config.ts'
import type { Path } from './report.ts'

export interface ParseOptions {
  /** Names the file in problems. When absolute, relative paths of the config stand in its folder, otherwise in `stateDir`. */
  readonly file?: string
  /** Variables for `${NAME}`, tokens and `JUNCTOR_PROFILE`. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Absolute; what `~` stands for. */
  readonly home: string
  /** Absolute. */
  readonly stateDir: string
  /** Whose file it is. Default: told by its name, else by its content. */
  readonly flavour?: FlavourName
  /** The content of a file that `{ "$file": … }` names; throws when there is none. Without it such values are errors. */
  readonly readSecretFile?: (path: string) => string
  /** The file that `$include` means; throws when it may not be read. Without it `$include` is an error. */
  readonly readInclude?: ReadInclude
  /** What the caller knows to be wrong with a config that is otherwise valid. Default: nothing. */
  readonly check?: ConfigCheck
  /** Gives two spellings of one folder (links, upper and lower case) one text, for comparing. Default: the path itself. */
  readonly canonicalPath?: (path: string) => string
}

/** What a check found. */
export interface Finding {
  /** Leads to the setting that is wrong, such as `['routing', 'policies', 0]`. */
  readonly path: Path
  readonly message: string
  readonly hint?: string
  /** Its code when it is a warning. Default: it is an error, and the config is not used. */
  readonly warning?: ProblemCode
}

/** Looks at a whole config. `originOf` says where the file has what is at a path; undefined for what is a default. */
export type ConfigCheck = (config: Config, originOf: Reading['originOf']) => readonly Finding[]

export type ParsedConfig = { readonly problems: readonly Problem[]; readonly reading: Reading } & (
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false }
)

/** How the text was understood. */
export interface Reading {
  /** Whose file it is. */
  readonly flavour: FlavourName
  /** What is spelt otherwise than in the canonical shape, in the order of the text. */
  readonly changes: readonly Change[]
  /** What means something else here than in that system. */
  readonly differences: readonly Difference[]
  /** Where the value of a canonical path comes from; undefined for what is a default. */
  readonly originOf: (path: Path) => Origin | undefined
  /** Where the file has what is at a canonical path, or the nearest thing around it; undefined where it says nothing of it. */
  readonly placeOf: (path: Path) => ProblemPlace | undefined
}

/**
 * Reads a configuration. Never throws on any text. Empty text is a config of its own: one agent, `main`. Warnings leave
 * `ok` true; any error means no config at all.
 */
export function parseConfig(text: string, options: ParseOptions): ParsedConfig {
  const kept = withSecretsKept(options)
  const read = readConfig(text, kept)
  return conclude(read, { root: read.root, sources: read.sources, options: kept })
}

const madeOf = new WeakMap<Config, Made>()

/**
 * The config with more agents and bindings, which stand behind its own. They are read and checked as if they stood in the
 * file, and so is the whole. Files are not read again. Additions of before are not kept.
 */
export function extendConfig(config: Config, additions: readonly Addition[]): ParsedConfig {
  const made = madeOf.get(config)
  if (made === undefined) throw new TypeError('The config does not come from parseConfig.')
  return conclude(readAgain(made, additions), made)
}

function conclude({ config, problems, normalised }: ReadConfig, made: Made): ParsedConfig {
  const reading = readingOf(normalised, made.options)
  if (config === undefined || problems.some(({ severity }) => severity === 'error'))
    return { ok: false, problems, reading }
  madeOf.set(deepFreeze(config), made)
  return { ok: true, config, problems, reading }
}

/** A config that is extended later keeps the secrets that it was read with. */
function withSecretsKept(options: ParseOptions): ParseOptions {
  const { readSecretFile } = options
  if (readSecretFile === undefined) return options
  const known = new Map<string, string>()
  return {
    ...options,
    readSecretFile(path) {
      const content = known.get(path) ?? readSecretFile(path)
      known.set(path, content)
      return content
    },
  }
}

export function readingOf(
  normalised: Normalised | undefined,
  { file, flavour }: Pick<ParseOptions, 'file' | 'flavour'>,
): Reading {
  if (normalised !== undefined) {
    const { flavour: whose, changes, differences, originOf, placeOf } = normalised
    return { flavour: whose, changes, differences, originOf, placeOf }
  }
  const named = flavour ?? detectFlavour(undefined, file)
  return { flavour: named, changes: [], differences: [], originOf: nowhere, placeOf: nowhere }
}

function nowhere(): undefined {
  return undefined
}
