import type { SkillOrigin } from './skill.ts'

/** Why a skill cannot be used. */
export type Reason =
  /** Its SKILL.md is not what it should be. */
  | {
      readonly kind: 'malformed'
      readonly file: string
      readonly line?: number
      readonly problem: string
    }
  /** One of the same name is used in its place. */
  | { readonly kind: 'shadowed'; readonly by: SkillOrigin }
  /** The agent may not use it. */
  | { readonly kind: 'denied'; readonly rule: string }
  | {
      readonly kind: 'tool'
      readonly tool: string
      readonly layer?: string
      readonly rule?: string
    }
  | { readonly kind: 'os'; readonly os: readonly string[]; readonly found: string }
  /** Any one of these would do. */
  | {
      readonly kind: 'binary'
      readonly binaries: readonly string[]
      readonly place: 'host' | 'sandbox'
    }
  | { readonly kind: 'env'; readonly variable: string; readonly setting: string }
  | { readonly kind: 'config'; readonly setting: string }
  /** Its files cannot be seen there, or its programs could not be looked for. */
  | { readonly kind: 'unavailable'; readonly problem: string }

/** `it needs the tool "exec", which is denied (tools.sandbox.tools: deny "exec")` */
export function describeReason(reason: Reason): string {
  switch (reason.kind) {
    case 'malformed': {
      if (reason.problem.startsWith(reason.file)) return reason.problem
      const line = reason.line === undefined ? '' : `:${reason.line}`
      return `${reason.file}${line}: ${reason.problem}`
    }
    case 'shadowed':
      return reason.by === 'workspace'
        ? 'the skill of this name in the workspace is used'
        : 'another skill of this name is used'
    case 'denied':
      return `the config denies it: ${reason.rule}`
    case 'tool': {
      const why = [reason.layer, reason.rule].filter((part) => part !== undefined).join(': ')
      return `it needs the tool "${reason.tool}", which is denied${why === '' ? '' : ` (${why})`}`
    }
    case 'os':
      return `it is for ${reason.os.join(', ')}, and commands run on ${reason.found}`
    case 'binary': {
      const names = reason.binaries.map((name) => `"${name}"`).join(', ')
      const where = reason.place === 'host' ? 'on the host' : 'in the sandbox'
      return reason.binaries.length === 1
        ? `the program ${names} is not ${where}`
        : `none of the programs ${names} is ${where}`
    }
    case 'env':
      return `the variable ${reason.variable} is not set: give it in ${reason.setting}`
    case 'config':
      return `the config has no ${reason.setting}, or it is false`
    case 'unavailable':
      return `it cannot be had here: ${reason.problem}`
  }
}
