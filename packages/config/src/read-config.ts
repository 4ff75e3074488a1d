import type { Addition } from './additions.ts'
import { checkAgentToAgent } from './checks/agent-to-agent.ts'
import { checkAgents } from './checks/agents.ts'
import { checkApprovals } from './checks/approvals.ts'
import { checkAuth } from './checks/auth.ts'
import { checkBindings, checkBroadcast } from './checks/bindings.ts'
import { checkBudgets } from './checks/budgets.ts'
import { checkChannelNames } from './checks/channel-names.ts'
import { checkChannels } from './checks/channels.ts'
import { checkIdentityLinks } from './checks/identity-links.ts'
import { checkOwned } from './checks/owned.ts'
import { checkNodes } from './checks/nodes.ts'
import { checkModels } from './checks/models.ts'
import { checkRooms } from './checks/rooms.ts'
import { checkRouting } from './checks/routing.ts'
import { checkSandboxes } from './checks/sandbox.ts'
import { checkSharing } from './checks/sharing.ts'
import { checkSubagents } from './checks/subagents.ts'
import { checkWhatsApp } from './checks/whatsapp.ts'
import type { Config } from './config.ts'
import { resolveConfig } from './defaults/resolve.ts'
import { expandIncludes, type Inclusion } from './include.ts'
import type { Node } from './json5/node.ts'
import { parseJson5 } from './json5/parse-json5.ts'
import { normalise, type Normalised } from './normalise.ts'
import type { ParseOptions } from './parse-config.ts'
import { folderOf, isAbsolute } from './paths.ts'
import { withOrigins } from './origins.ts'
import type { Problem, ProblemCode } from './problem.ts'
import { createReport, locate, type Path, type Report } from './report.ts'
import { configSchema } from './schema/config-schema.ts'
import { createSources, type Sources } from './sources.ts'

/** Everything that is known of a text once it has been read. */
export interface ReadConfig {
  readonly sources: Sources
  /** The tree as it is written, with the included files in it; undefined for an empty text and for one that is no tree. */
  readonly root: Node | undefined
  /** Undefined when the text is no JSON5, a file that it includes is missing, or the profile cannot be used. */
  readonly normalised: Normalised | undefined
  /** Undefined unless every part could be read; with errors among the problems it is not to be used. */
  readonly config: Config | undefined
  readonly problems: readonly Problem[]
}

export interface ReadOptions extends ParseOptions {
  /** See `SecretSource.asWritten`. */
  readonly secretsAsWritten?: boolean
  readonly onInclude?: (inclusion: Inclusion) => void
}

/** What a config was made of. */
export interface Made extends Pick<ReadConfig, 'sources' | 'root'> {
  readonly options: ReadOptions
}

/** After these, what is left of the file still says what it means, and can be compared. */
const harmless: ReadonlySet<ProblemCode> = new Set([
  'UNKNOWN_KEY',
  'NOT_AVAILABLE',
  'DUPLICATE_KEY',
  'CONFLICT',
])

/** The one way from a text to a config: parse, include, normalise, validate, fill in defaults, compare. */
export function readConfig(text: string, options: ReadOptions): ReadConfig {
  const { file, readInclude, onInclude } = options
  const sources = createSources(text, file)
  const report = createReport(sources)
  const parsed = parseJson5(text)
  if (!parsed.ok)
    report.error({ path: [], offset: parsed.fault.offset }, 'SYNTAX', parsed.fault.message)
  const written = parsed.ok ? parsed.node : undefined
  const including = { sources, report, file, readInclude, ...(onInclude && { onInclude }) }
  const root = written && expandIncludes(written, including)
  if (parsed.ok && (root !== undefined || written === undefined))
    return understand({ root, sources, options }, [], report)
  return { sources, root, normalised: undefined, config: undefined, problems: report.problems() }
}

/** Reads what a config was made of once more, with agents and bindings behind those of the text. */
export function readAgain({ sources, ...made }: Made, additions: readonly Addition[]): ReadConfig {
  const extended = sources.fork()
  return understand({ ...made, sources: extended }, additions, createReport(extended))
}

function understand(
  { root, sources, options }: Made,
  additions: readonly Addition[],
  report: Report,
): ReadConfig {
  const { file, flavour, env = {} } = options
  const normalised = normalise(root, { file, flavour, env, report, sources, additions })
  const config = normalised && build(normalised, options)
  return { sources, root, normalised, config, problems: report.problems() }
}

/** What relative paths of the config stand in. */
export function baseOf({ file, stateDir }: Pick<ParseOptions, 'file' | 'stateDir'>): string {
  return file !== undefined && isAbsolute(file) ? folderOf(file) : stateDir
}

function build(
  { node, report, profile, originOf, owned }: Normalised,
  options: ReadOptions,
): Config | undefined {
  const { home, stateDir, env = {}, readSecretFile, canonicalPath = (path) => path } = options
  const { secretsAsWritten: asWritten = false } = options
  const secrets = { env, asWritten, ...(readSecretFile && { readSecretFile }) }
  const input = node === undefined ? {} : configSchema({ node, path: [] }, { ...report, secrets })
  if (input === undefined) return undefined
  if (report.problems().some(({ code }) => !harmless.has(code))) return undefined
  const places = { home, stateDir, baseDir: baseOf(options), profile }
  const config = withOrigins(resolveConfig(input, env, places), { owned, originOf })
  const agentIds = new Set(config.agents.list.map(({ id }) => id))
  const at = locate.bind(undefined, node)
  const isWritten = (path: Path): boolean => originOf(path) !== undefined
  const context = { config, input, report, canonicalPath, agentIds, at, isWritten, originOf }
  checkAgents(context)
  checkApprovals(context)
  checkAgentToAgent(context)
  checkNodes(context)
  checkSubagents(context)
  checkModels(context)
  checkAuth(context)
  checkBudgets(context)
  checkSandboxes(context)
  checkBindings(context)
  checkOwned(context, owned)
  checkBroadcast(context)
  checkRouting(context)
  checkIdentityLinks(context)
  checkChannels(context)
  checkRooms(context)
  checkWhatsApp(context)
  checkChannelNames(context)
  checkSharing(context)
  if (report.problems().some(({ severity }) => severity === 'error')) return config
  for (const { path, message, hint, warning } of options.check?.(config, originOf) ?? [])
    if (warning === undefined) report.error(at(path), 'INVALID_VALUE', message, hint)
    else report.warning(at(path), warning, message, hint)
  return config
}
