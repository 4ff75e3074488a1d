import { posix } from 'node:path'
import type { Config } from '@junctor/config'
import type { Skill, SkillFolder } from '@junctor/skills'

export type SandboxConfig = Config['agents']['list'][number]['sandbox']

/** Where a sandbox has copies of skills that it cannot see otherwise. */
export const sandboxSkillsFolder = '/skills'

/** Where a session reads its skills, and which folders it must be shown for that. */
export function placeSkills(
  skills: readonly Skill[],
  sandbox: SandboxConfig | undefined,
): { readonly pathOf: (skill: Skill) => string; readonly folders: readonly SkillFolder[] } {
  const inWorkspace = ({ folder }: Skill): string => `skills/${posix.basename(folder)}`
  const folderOf = (skill: Skill): string | undefined => {
    if (skill.origin === 'shared') return undefined
    if (sandbox === undefined) return inWorkspace(skill)
    if (sandbox.scope === 'shared') return undefined
    if (sandbox.workspaceAccess === 'rw') return inWorkspace(skill)
    return sandbox.workspaceAccess === 'ro' ? `/agent/${inWorkspace(skill)}` : undefined
  }
  const shownFolder = ({ name, folder }: Skill): string =>
    sandbox === undefined ? folder : `${sandboxSkillsFolder}/${name}`
  return {
    pathOf: (skill) => `${folderOf(skill) ?? shownFolder(skill)}/SKILL.md`,
    folders: skills.flatMap((skill) => {
      const { name, folder } = skill
      return folderOf(skill) === undefined ? [{ name, folder }] : []
    }),
  }
}
