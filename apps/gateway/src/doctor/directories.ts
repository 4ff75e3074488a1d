import { mkdtemp, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { placed, type Finding, type World } from './finding.ts'

/** The directories that the gateway keeps things in: there and writable, or such that they can be made. */
export async function checkDirectories(world: World): Promise<readonly Finding[]> {
  const { config, stateDir } = world
  const ofAgents = config.agents.list.flatMap(({ id, workspace, agentDir }, index) =>
    Object.entries({ workspace, agentDir }).map(async ([key, path]) =>
      placed(await checkDirectory(`${key} of ${id}`, path), world, ['agents', 'list', index, key]),
    ),
  )
  return [await checkDirectory('state directory', stateDir), ...(await Promise.all(ofAgents))]
}

/** Tries it, where it is or where it would be made, and leaves nothing behind. */
export async function checkDirectory(subject: string, path: string): Promise<Finding> {
  const about = { code: 'DIRECTORY', subject } as const
  for (let existing = path; ; existing = dirname(existing))
    try {
      await rmdir(await mkdtemp(join(existing, '.junctor-doctor-')))
      const message = existing === path ? `${path} can be written` : `${path} will be made`
      return { ...about, severity: 'ok', message }
    } catch (error) {
      const isThere = (await stat(existing).catch(() => undefined)) !== undefined
      if (!isThere && existing !== dirname(existing)) continue
      const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      return {
        ...about,
        severity: 'error',
        message: `${path} cannot be written: ${existing} takes no files (${reason})`,
        hint: 'make it writable for this user, or choose another directory',
      }
    }
}
