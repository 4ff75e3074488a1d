import { lstat, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AgentConfig } from '@junctor/config'
import { writeFileAtomically } from '@junctor/config/file'
import { canonicalProfiles } from '@junctor/credentials'
import { faultText, type Tell } from './things.ts'

export interface CredentialsOptions {
  readonly theirs: AgentConfig
  readonly ours: AgentConfig
  readonly isDryRun: boolean
}

const fileName = 'auth-profiles.json'

/** Every agent's own keys, in our spelling. No line that is told holds one. */
export async function importCredentials(
  { theirs, ours, isDryRun }: CredentialsOptions,
  tell: Tell,
): Promise<void> {
  const { id: agent, agentDir } = ours
  const from = join(theirs.agentDir, fileName)
  const name = join(agentDir, fileName)
  const thing = { kind: 'credentials', agent } as const
  const found = await lstat(from).catch(() => undefined)
  if (found === undefined) return
  if (!found.isFile())
    return tell.thing({ ...thing, name: from, outcome: 'left', note: 'it is no regular file' })
  let content: string
  try {
    content = await readFile(from, 'utf8')
  } catch (error) {
    return tell.thing({ ...thing, name: from, outcome: 'failed', note: faultText(error) })
  }
  const { text, profiles, problems } = canonicalProfiles(content, { file: from })
  for (const { line, message, path, severity } of problems)
    if (severity === 'error')
      tell.skipped({ file: from, line, reason: `${path} ${message}`.trim() })
  const counts = { profiles: profiles.length }
  const note = `from ${from}`
  if (profiles.length === 0)
    return tell.thing({
      ...thing,
      name: from,
      outcome: 'left',
      note: 'it has no profile that can be used',
    })
  const there = await readFile(name, 'utf8').catch(() => undefined)
  if (there !== undefined)
    return tell.thing({
      ...thing,
      name,
      outcome: 'present',
      note: there === text ? `${note}, imported before` : 'theirs was not taken',
    })
  if (!isDryRun) {
    // Its owner's alone: it is full of keys.
    await mkdir(agentDir, { recursive: true, mode: 0o700 })
    await writeFileAtomically(name, text)
  }
  tell.thing({ ...thing, name, outcome: 'imported', counts, note })
}
