import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  describeProblem,
  migrateConfig,
  type AgentConfig,
  type Config,
  type MigratedConfig,
  type ProblemCode,
} from '@junctor/config'
import { configPaths, migrateConfigFile, writeFileAtomically } from '@junctor/config/file'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { isInTheWay } from '../migrate.ts'
import type { ImportSource } from './source.ts'
import { counted, type Tell } from './things.ts'

export interface ImportedConfig {
  /** With places as their system has them. */
  readonly theirs: Config
  /** With places as we have them. */
  readonly ours: Config
  /** Puts theirs into force where we have none yet, or says what ours lacks. */
  apply(): Promise<void>
}

/** Reads both configs. Throws `CONFIG_INVALID` when one of them has errors; they are printed. */
export async function readConfigs(
  context: CliContext,
  source: ImportSource,
  tell: Tell,
  isDryRun: boolean,
): Promise<ImportedConfig> {
  const { env, home } = context
  const { stateDir, ownConfigPath } = configPaths(context)
  const { flavour, configPath, title } = source
  const place = { flavour, stateDir: source.stateDir, env, home: source.home }
  const writing = { target: ownConfigPath, ownPlaces: true }
  const migrated = source.hasConfig
    ? await migrateConfigFile({ ...place, ...writing, configPath }).catch(unreadable(configPath))
    : migrateConfig('', { ...place, ...writing })
  const theirs = usable(context, migrated, aboutPlaces, configPath, (path) => [
    `Nothing was imported: ${path} has errors.`,
    `Write it to ${ownConfigPath} with \`mkdir -p ${dirname(ownConfigPath)} && ${context.command} config migrate --flavour ${flavour} ${path} > ${ownConfigPath}\`, mend it there, and import again.`,
  ])
  const own = { stateDir, env, home }
  const isThere = existsSync(ownConfigPath)
  const read = isThere
    ? await migrateConfigFile({ ...own, configPath: ownConfigPath }).catch(
        unreadable(ownConfigPath),
      )
    : migrateConfig(migrated.text ?? '', { ...own, flavour: 'junctor', file: ownConfigPath })
  const ours = usable(context, read, none, ownConfigPath, (path) => [
    `Nothing was imported: ${path} has errors.`,
  ])
  const thing = { kind: 'config', name: ownConfigPath } as const
  return {
    theirs,
    ours,
    async apply() {
      if (isThere) {
        tell.thing({ ...thing, outcome: 'present' })
        for (const note of lackingIn(ours, theirs))
          tell.thing({ kind: 'config', name: configPath, outcome: 'left', note })
      } else if (migrated.text !== undefined && source.hasConfig) {
        if (!isDryRun) await writeFileAtomically(ownConfigPath, migrated.text)
        const odd = oddIn(migrated)
        const note =
          odd === 0
            ? `from ${configPath}`
            : `from ${configPath}; \`junctor config migrate ${configPath}\` lists ${counted(odd, 'settings')} that mean something else here or nothing`
        tell.thing({ ...thing, outcome: 'imported', note })
      } else
        tell.thing({
          kind: 'config',
          name: configPath,
          outcome: 'left',
          note: `it is not there; the agents are those that ${title} has without one`,
        })
    },
  }
}

/** How many settings were left out, or differ. */
function oddIn({ problems, reading }: Pick<MigratedConfig, 'problems' | 'reading'>): number {
  const leftOut = problems.filter(({ code }) => code === 'NOT_AVAILABLE')
  return leftOut.length + reading.differences.length
}

function unreadable(path: string): (cause: unknown) => never {
  return (cause) => {
    throw new CliError('NOT_FOUND', `The file ${path} cannot be read.`, { cause })
  }
}

type Read = Pick<MigratedConfig, 'config' | 'problems'>

/** What may be wrong with where agents keep their files is over when they keep them here. */
const aboutPlaces: ReadonlySet<ProblemCode> = new Set([
  'SHARED_WORKSPACE',
  'SHARED_STORE',
  'DUPLICATE_AGENT_DIR',
  'EXPOSED_CREDENTIALS',
])
const none: ReadonlySet<ProblemCode> = new Set()

function usable(
  context: CliContext,
  { config, problems }: Read,
  forgiven: ReadonlySet<ProblemCode>,
  path: string,
  refuse: (path: string) => readonly string[],
): Config {
  const errors = problems.filter((each) => isInTheWay(each) && !forgiven.has(each.code))
  for (const problem of errors) context.error(describeProblem(problem))
  if (config !== undefined && errors.length === 0) return config
  throw new CliError('CONFIG_INVALID', refuse(path).join(' '))
}

/** What theirs has and ours has not, a clause for each. */
function lackingIn(ours: Config, theirs: Config): readonly string[] {
  const known = new Set(ours.agents.list.map(({ id }) => id))
  const missing = theirs.agents.list.filter(({ id }: AgentConfig) => !known.has(id))
  const accounts = Object.entries(theirs.channels).flatMap(([channel, all]) =>
    Object.keys(all)
      .filter((account) => ours.channels[channel]?.[account] === undefined)
      .map((account) => `${channel}/${account}`),
  )
  const bound = new Set(ours.bindings.map(bindingText))
  const bindings = theirs.bindings.filter((each) => !bound.has(bindingText(each)))
  return [
    ...missing.map(({ id }) => `ours has no agent ${id}: \`junctor agents add ${id}\` adds it`),
    ...accounts.map((account) => `ours has no account ${account}`),
    ...(bindings.length === 0
      ? []
      : [
          `ours lacks ${bindings.length} of its bindings: \`junctor config migrate\` of that file prints them`,
        ]),
  ]
}

function bindingText({ agentId, match }: Config['bindings'][number]): string {
  return JSON.stringify([agentId, Object.entries(match).sort(([a], [b]) => (a < b ? -1 : 1))])
}
