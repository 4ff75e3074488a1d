import { checkAgents } from './checks/agents.ts'
import { checkBindings, checkBroadcast } from './checks/bindings.ts'
import { checkChannelNames } from './checks/channel-names.ts'
import { checkChannels } from './checks/channels.ts'
import { checkIdentityLinks } from './checks/identity-links.ts'
import { checkModels } from './checks/models.ts'
import { checkSharing } from './checks/sharing.ts'
import type { Config } from './config.ts'
import { resolveConfig } from './defaults/resolve.ts'
import { deepFreeze } from './freeze.ts'
import { expandIncludes, type ReadInclude } from './include.ts'
import { detectFlavour } from './flavour/detect.ts'
import type { FlavourName } from './flavour/flavours.ts'
import { parseJson5 } from './json5/parse-json5.ts'
import type { Change } from './lift/change.ts'
import { normalise, type Normalised, type Origin } from './normalise.ts'
import { folderOf, isAbsolute } from './paths.ts'
import type { Problem, ProblemCode } from './problem.ts'
import { createReport, locate, type Path } from './report.ts'
import { configSchema } from './schema/config-schema.ts'
import { createSources } from './sources.ts'

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
  /** Gives two spellings of one folder (links, upper and lower case) one text, for comparing. Default: the path itself. */
  readonly canonicalPath?: (path: string) => string
}

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
  /** Where the value of a canonical path comes from; undefined for what is a default. */
  readonly originOf: (path: Path) => Origin | undefined
}

/** After these, what is left of the file still says what it means, and can be compared. */
const harmless: ReadonlySet<ProblemCode> = new Set([
  'UNKNOWN_KEY',
  'NOT_AVAILABLE',
  'DUPLICATE_KEY',
  'CONFLICT',
])

/** What is known of a file that could not be read. */
export function unread({ file, flavour }: Pick<ParseOptions, 'file' | 'flavour'>): Reading {
  return {
    flavour: flavour ?? detectFlavour(undefined, file),
    changes: [],
    originOf: () => undefined,
  }
}

/**
 * Reads a configuration. Never throws on any text. Empty text is a config of its own: one agent, `main`. Warnings leave
 * `ok` true; any error means no config at all.
 */
export function parseConfig(text: string, options: ParseOptions): ParsedConfig {
  const { file, flavour, env = {}, readInclude } = options
  const sources = createSources(text, file)
  const report = createReport(sources)
  const parsed = parseJson5(text)
  if (!parsed.ok) {
    report.error({ path: [], offset: parsed.fault.offset }, 'SYNTAX', parsed.fault.message)
    return { ok: false, problems: report.problems(), reading: unread(options) }
  }
  const node = parsed.node && expandIncludes(parsed.node, { sources, report, file, readInclude })
  const isWhole = node !== undefined || parsed.node === undefined
  const normalised = isWhole ? normalise(node, { file, flavour, env, report, sources }) : undefined
  const config = normalised && build(normalised, options)
  const problems = report.problems()
  const reading = normalised === undefined ? unread(options) : readingOf(normalised)
  return config === undefined || problems.some(({ severity }) => severity === 'error')
    ? { ok: false, problems, reading }
    : { ok: true, config: deepFreeze(config), problems, reading }
}

function readingOf({ flavour, changes, originOf }: Normalised): Reading {
  return { flavour, changes, originOf }
}

function build(
  { node, report, profile, originOf }: Normalised,
  options: ParseOptions,
): Config | undefined {
  const { home, stateDir, file, env = {}, readSecretFile, canonicalPath = (path) => path } = options
  const schema = configSchema(readSecretFile === undefined ? { env } : { env, readSecretFile })
  const input = node === undefined ? {} : schema({ node, path: [] }, report)
  if (input === undefined) return undefined
  if (report.problems().some(({ code }) => !harmless.has(code))) return undefined
  const baseDir = file !== undefined && isAbsolute(file) ? folderOf(file) : stateDir
  const config = resolveConfig(input, env, { home, stateDir, baseDir, profile })
  const agentIds = new Set(config.agents.list.map(({ id }) => id))
  const at = locate.bind(undefined, node)
  const isWritten = (path: Path): boolean => originOf(path) !== undefined
  const context = { config, input, report, canonicalPath, agentIds, at, isWritten }
  checkAgents(context)
  checkModels(context)
  checkBindings(context)
  checkBroadcast(context)
  checkIdentityLinks(context)
  checkChannels(context)
  checkChannelNames(context)
  checkSharing(context)
  return config
}
