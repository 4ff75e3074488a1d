import { checkAgents } from './checks/agents.ts'
import { checkBindings, checkBroadcast } from './checks/bindings.ts'
import { checkChannels } from './checks/channels.ts'
import { checkIdentityLinks } from './checks/identity-links.ts'
import { checkModels } from './checks/models.ts'
import { checkSharing } from './checks/sharing.ts'
import type { Config } from './config.ts'
import { resolveConfig } from './defaults/resolve.ts'
import { deepFreeze } from './freeze.ts'
import { expandIncludes, type ReadInclude } from './include.ts'
import type { Node } from './json5/node.ts'
import { parseJson5 } from './json5/parse-json5.ts'
import { folderOf, isAbsolute } from './paths.ts'
import type { Problem, ProblemCode } from './problem.ts'
import { createReport, locate, type Report } from './report.ts'
import { configSchema, type ConfigInput } from './schema/config-schema.ts'
import { profileOf } from './profile.ts'
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
  /** The content of a file that `{ "$file": … }` names; throws when there is none. Without it such values are errors. */
  readonly readSecretFile?: (path: string) => string
  /** The file that `$include` means; throws when it may not be read. Without it `$include` is an error. */
  readonly readInclude?: ReadInclude
  /** Gives two spellings of one folder (links, upper and lower case) one text, for comparing. Default: the path itself. */
  readonly canonicalPath?: (path: string) => string
}

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** After these, what is left of the file still says what it means, and can be compared. */
const harmless: ReadonlySet<ProblemCode> = new Set([
  'UNKNOWN_KEY',
  'NOT_AVAILABLE',
  'DUPLICATE_KEY',
])

/**
 * Reads a configuration. Never throws on any text. Empty text is a config of its own: one agent, `main`. Warnings leave
 * `ok` true; any error means no config at all.
 */
export function parseConfig(text: string, options: ParseOptions): ParsedConfig {
  const { file, readInclude } = options
  const sources = createSources(text, file)
  const report = createReport(sources)
  const parsed = parseJson5(text)
  if (!parsed.ok) {
    report.error({ path: [], offset: parsed.fault.offset }, 'SYNTAX', parsed.fault.message)
    return { ok: false, problems: report.problems() }
  }
  const node = parsed.node && expandIncludes(parsed.node, { sources, report, file, readInclude })
  const isWhole = node !== undefined || parsed.node === undefined
  const config = isWhole ? build(node, options, report) : undefined
  const problems = report.problems()
  return config === undefined || problems.some(({ severity }) => severity === 'error')
    ? { ok: false, problems }
    : { ok: true, config: deepFreeze(config), problems }
}

function build(node: Node | undefined, options: ParseOptions, report: Report): Config | undefined {
  const input = node === undefined ? {} : validate(node, options, report)
  const profile = profileOf(options.env ?? {})
  if (!profile.ok) report.error(locate(node, []), 'INVALID_ID', profile.message, profile.hint)
  if (input === undefined || !profile.ok) return undefined
  if (report.problems().some(({ code }) => !harmless.has(code))) return undefined
  const { home, stateDir, file, env = {}, canonicalPath = (path) => path } = options
  const baseDir = file !== undefined && isAbsolute(file) ? folderOf(file) : stateDir
  const config = resolveConfig(input, env, { home, stateDir, baseDir, profile: profile.name })
  const agentIds = new Set(config.agents.list.map(({ id }) => id))
  const at = locate.bind(undefined, node)
  const context = { config, input, report, canonicalPath, agentIds, at }
  checkAgents(context)
  checkModels(context)
  checkBindings(context)
  checkBroadcast(context)
  checkIdentityLinks(context)
  checkChannels(context)
  checkSharing(context)
  return config
}

function validate(
  node: Node,
  { env = {}, readSecretFile }: ParseOptions,
  report: Report,
): ConfigInput | undefined {
  const schema = configSchema(readSecretFile === undefined ? { env } : { env, readSecretFile })
  return schema({ node, path: [] }, report)
}
