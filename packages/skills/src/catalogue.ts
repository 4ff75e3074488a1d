import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readWorkspaceFile, type WorkspaceFile } from '@junctor/runtime'
import { parseFrontMatter } from './front-matter.ts'
import type { FoundSkill, SkillOrigin } from './skill.ts'

export interface SkillFolders {
  /** Absolute; its `skills` folder is read. */
  readonly workspace: string
  /** Absolute; a folder of skills that agents share. Default: there is none. */
  readonly shared?: string
}

export interface FoundSkills {
  /** By name; those of the workspace before the shared ones. */
  readonly skills: readonly FoundSkill[]
  /** Skills that another one of the same name takes the place of. */
  readonly shadowed: readonly FoundSkill[]
}

export interface SkillCatalogue {
  /** What there is now. Files are read again when they changed. A folder that is not there holds no skills. */
  find(folders: SkillFolders): Promise<FoundSkills>
}

/** Characters of a SKILL.md in which its front matter must end. */
const HEAD_LENGTH = 32_768

export interface SkillCatalogueOptions {
  /** How long a look at folders is good for, in milliseconds. Default: 0, each question looks anew. */
  readonly lookEveryMs?: number
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number
}

/** Reads `<folder>/<skill>/SKILL.md` and remembers what it read. */
export function createSkillCatalogue(options: SkillCatalogueOptions = {}): SkillCatalogue {
  const { lookEveryMs = 0, now = Date.now } = options
  const looks = new Map<string, { readonly at: number; readonly found: Promise<FoundSkills> }>()
  const known = new Map<string, { readonly head: WorkspaceFile; readonly skill: FoundSkill }>()

  const read = async (
    root: string,
    path: string,
    origin: SkillOrigin,
    folderName: string,
  ): Promise<FoundSkill | undefined> => {
    const file = join(root, path)
    const before = known.get(file)
    const place = { name: folderName, origin, folder: join(file, '..'), file }
    try {
      const limits = { maxLength: HEAD_LENGTH, now: now() }
      const head = await readWorkspaceFile(root, path, before?.head, limits)
      if (head === undefined) {
        known.delete(file)
        return undefined
      }
      if (head === before?.head) return before.skill
      const skill = { ...place, ...parseFrontMatter(head.text, folderName) }
      known.set(file, { head, skill })
      return skill
    } catch (error) {
      known.delete(file)
      return {
        ...place,
        problem: { message: error instanceof Error ? error.message : String(error) },
      }
    }
  }

  const readAll = async (
    root: string,
    folder: string,
    origin: SkillOrigin,
  ): Promise<readonly FoundSkill[]> => {
    const path = join(root, folder)
    let names: readonly string[]
    try {
      names = await readdir(path)
    } catch (error) {
      if (isAbsent(error)) return []
      const problem = { message: error instanceof Error ? error.message : String(error) }
      return [{ name: folder, origin, folder: path, file: path, problem }]
    }
    const found = await Promise.all(
      names.toSorted().map((name) => read(root, join(folder, name, 'SKILL.md'), origin, name)),
    )
    return found.filter((skill) => skill !== undefined)
  }

  const look = async ({ workspace, shared }: SkillFolders): Promise<FoundSkills> => {
    const found = await Promise.all([
      readAll(workspace, 'skills', 'workspace'),
      shared === undefined ? [] : readAll(shared, '.', 'shared'),
    ])
    return withoutNamesakes(found.flat())
  }

  return {
    find(folders) {
      const key = JSON.stringify([folders.workspace, folders.shared])
      const last = looks.get(key)
      if (last !== undefined && now() - last.at < lookEveryMs) return last.found
      const found = look(folders)
      looks.set(key, { at: now(), found })
      return found
    },
  }
}

function withoutNamesakes(found: readonly FoundSkill[]): FoundSkills {
  const skills: FoundSkill[] = []
  const shadowed: FoundSkill[] = []
  const taken = new Set<string>()
  for (const skill of found) {
    const key = nameKey(skill)
    if (taken.has(key)) shadowed.push(skill)
    else skills.push(skill)
    taken.add(key)
  }
  return { skills, shadowed }
}

/** Equal for names that a person, or a file system, would take for one. */
export function nameKey({ name }: FoundSkill): string {
  return name.normalize('NFC').toLowerCase()
}

function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOENT' || code === 'ENOTDIR'
}
