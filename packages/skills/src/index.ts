export { createSkillCatalogue } from './catalogue.ts'
export type {
  FoundSkills,
  SkillCatalogue,
  SkillCatalogueOptions,
  SkillFolders,
} from './catalogue.ts'
export { judgeSkills, usableSkills } from './judge.ts'
export type { JudgedSkill, SkillTerms } from './judge.ts'
export { mirrorSkills } from './mirror.ts'
export type { SkillFolder } from './mirror.ts'
export { describeReason } from './reason.ts'
export type { Reason } from './reason.ts'
export { skillsSection } from './section.ts'
export type { SkillsSection } from './section.ts'
export { isBroken } from './skill.ts'
export type { BrokenSkill, FoundSkill, Requirements, Skill, SkillOrigin } from './skill.ts'
