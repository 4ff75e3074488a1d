import { existsSync } from 'node:fs'
import { lstat, mkdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { AgentConfig, Config } from '@junctor/config'
import { writeFileAtomically } from '@junctor/config/file'
import { canonicalProfiles } from '@junctor/credentials'
import { isRecord } from './json.ts'
import type { ImportSource } from './source.ts'
import { faultText, type Tell } from './things.ts'

const fileName = 'auth-profiles.json'

/** An agent's own keys. */
export function importCredentials(
  theirs: AgentConfig,
  ours: AgentConfig,
  isDryRun: boolean,
  tell: Tell,
): Promise<void> {
  const from = join(theirs.agentDir, fileName)
  return importProfiles({ from, to: join(ours.agentDir, fileName), agent: ours.id, isDryRun }, tell)
}

/** The keys that agents share, where ours are to share some: in these systems those of the main agent. */
export async function importSharedCredentials(
  source: ImportSource,
  theirs: Config,
  ours: Config,
  isDryRun: boolean,
  tell: Tell,
): Promise<void> {
  if (!ours.agents.list.some(({ auth }) => auth.scope?.includes('shared'))) return
  const main = theirs.agents.list.find((agent) => agent.default)
  const folders = [source.stateDir, ...(main === undefined ? [] : [main.agentDir])]
  const from = folders.map((folder) => join(folder, fileName)).find((path) => existsSync(path))
  if (from === undefined) return
  await importProfiles({ from, to: join(ours.stateDir, fileName), isDryRun }, tell)
}

interface ProfilesToImport {
  readonly from: string
  readonly to: string
  readonly agent?: string
  readonly isDryRun: boolean
}

/** Writes profiles in our spelling. No line that is told holds a key. */
async function importProfiles(
  { from, to: name, agent, isDryRun }: ProfilesToImport,
  tell: Tell,
): Promise<void> {
  const thing = { kind: 'credentials', ...(agent === undefined ? {} : { agent }) } as const
  const leave = (note: string): void => tell.thing({ ...thing, name: from, outcome: 'left', note })
  const found = await lstat(from).catch(() => undefined)
  if (found === undefined) return
  if (!found.isFile()) return leave('it is no regular file')
  let content: string
  try {
    content = await readFile(from, 'utf8')
  } catch (error) {
    return tell.thing({ ...thing, name: from, outcome: 'failed', note: faultText(error) })
  }
  const { text, profiles, problems } = canonicalProfiles(content, { file: from })
  for (const { line, message, path, severity } of problems)
    if (severity === 'error')
      tell.skipped({
        file: from,
        line,
        reason: `has a profile that cannot be used: ${path} ${message}`,
      })
  if (profiles.length === 0) return leave('it has no profile that can be used')
  const own = withFullPaths(text, dirname(from))
  const note = `from ${from}`
  const there = await readFile(name, 'utf8').catch(() => undefined)
  if (there !== undefined)
    return tell.thing({
      ...thing,
      name,
      outcome: 'present',
      note: there === own ? `${note}, imported before` : 'theirs was not taken',
    })
  if (!isDryRun) {
    // Its owner's alone: it is full of keys.
    await mkdir(dirname(name), { recursive: true, mode: 0o700 })
    await writeFileAtomically(name, own)
  }
  tell.thing({ ...thing, name, outcome: 'imported', counts: { profiles: profiles.length }, note })
}

/** A secret file that stands beside theirs stands there still. */
function withFullPaths(text: string, folder: string): string {
  const full = (key: string, value: unknown): unknown =>
    key === '$file' && typeof value === 'string' && !value.startsWith('~')
      ? resolve(folder, value)
      : value
  const profiles: unknown = JSON.parse(text, full)
  return isRecord(profiles) ? `${JSON.stringify(profiles, undefined, 2)}\n` : text
}
