import { createHash, randomUUID } from 'node:crypto'
import {
  constants,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { WorkbenchError } from '@junctor/agent'

/** A skill's files on this machine. */
export interface SkillFolder {
  readonly name: string
  /** Absolute. */
  readonly folder: string
}

interface SkillFile {
  /** Inside the skill's folder. */
  readonly path: string
  readonly size: number
  readonly mode: number
  readonly mtimeMs: number
}

const MOST_FILES = 2_000
const MOST_BYTES = 32 * 1024 * 1024

/**
 * Makes `<target>/<name>/` a copy of each skill's folder, for a place that cannot see the folder itself. Links and what is no
 * regular file stay out. Other skills in `target` are removed, unless `keepOthers`. Unchanged ones are left as they are.
 * Rejects with `WorkbenchError` (`TOO_LARGE`) for a skill of more than 2,000 files or 32 MiB.
 */
export async function mirrorSkills(
  skills: readonly SkillFolder[],
  target: string,
  { keepOthers = false }: { readonly keepOthers?: boolean } = {},
): Promise<void> {
  const notes = `${target}.versions`
  await Promise.all(
    [target, notes].map((folder) => mkdir(folder, { recursive: true, mode: 0o755 })),
  )
  const wanted = new Set(skills.map(({ name }) => name))
  if (!keepOthers)
    for (const name of await readdir(target))
      if (!wanted.has(name)) await rm(join(target, name), { recursive: true, force: true })
  for (const { name, folder } of skills) {
    const files = await listFiles(name, folder)
    const version = createHash('sha256')
      .update(JSON.stringify([folder, files]))
      .digest('hex')
    const note = join(notes, name)
    const isThere = (await lstat(join(target, name)).catch(() => undefined)) !== undefined
    if (isThere && (await readFile(note, 'utf8').catch(() => '')) === version) continue
    await rm(note, { force: true })
    await copy(folder, files, join(target, name))
    await writeFile(note, version)
  }
}

async function listFiles(name: string, root: string): Promise<readonly SkillFile[]> {
  const found: SkillFile[] = []
  let bytes = 0
  const walk = async (inside: string): Promise<void> => {
    const entries = await readdir(join(root, inside), { withFileTypes: true })
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(inside, entry.name)
      if (entry.isDirectory()) await walk(path)
      if (!entry.isFile()) continue
      const { size, mode, mtimeMs } = await lstat(join(root, path))
      found.push({ path, size, mode: mode & 0o111, mtimeMs })
      bytes += size
      if (found.length > MOST_FILES || bytes > MOST_BYTES)
        throw new WorkbenchError(
          'TOO_LARGE',
          `The skill "${name}" in ${root} has more than ${MOST_FILES} files or ${MOST_BYTES} bytes, too much for a sandbox; make it smaller, or deny it in skills.deny.`,
        )
    }
  }
  await walk('.')
  return found
}

/** A reader sees the old copy or the new one, or for a moment none. */
async function copy(from: string, files: readonly SkillFile[], to: string): Promise<void> {
  const draft = join(`${dirname(to)}.versions`, randomUUID())
  try {
    for (const { path, mode } of files) {
      await mkdir(dirname(join(draft, path)), { recursive: true, mode: 0o755 })
      // A link that takes the file's place in this moment is not followed.
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
      await using file = await open(join(from, path), flags)
      if (!(await file.stat()).isFile()) continue
      await writeFile(join(draft, path), await file.readFile(), { mode: 0o644 | mode })
    }
    await rm(to, { recursive: true, force: true })
    await rename(draft, to)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}
