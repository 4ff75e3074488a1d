import {
  createPositions,
  formatPath,
  type Node,
  type Problem,
  type ProblemCode,
} from '@junctor/config'
import type { ProfileType, SetAside } from './profile.ts'

export interface Problems {
  warn(
    place: { readonly path: readonly string[]; readonly offset: number },
    code: ProblemCode,
    message: string,
  ): void
  /** The file as a whole cannot be used. */
  refuse(offset: number, code: ProblemCode, message: string): void
  /** One entry cannot be used; the others can. */
  setAside(
    place: {
      readonly id: string
      readonly path: readonly string[]
      readonly node: Node
      readonly provider?: string
      readonly type?: ProfileType
    },
    code: ProblemCode,
    message: string,
  ): undefined
  /** In the order of the text. No excerpts: the text is made of secrets. */
  list(): readonly Problem[]
  asides(): readonly SetAside[]
}

export function createProblems(text: string, file: string | undefined): Problems {
  const positionOf = createPositions(text)
  const found: { readonly offset: number; readonly problem: Problem }[] = []
  const asides: SetAside[] = []
  const add = (
    severity: Problem['severity'],
    { path, offset }: { readonly path: readonly string[]; readonly offset: number },
    code: ProblemCode,
    message: string,
  ): void => {
    const where = file === undefined ? {} : { file }
    const problem = {
      severity,
      code,
      message,
      path: formatPath(path),
      ...where,
      ...positionOf(offset),
    }
    found.push({ offset, problem })
  }
  return {
    warn: (place, code, message) => add('warning', place, code, message),
    refuse: (offset, code, message) => add('error', { path: [], offset }, code, message),
    setAside({ id, path, node, provider, type }, code, message) {
      add('error', { path, offset: node.start }, code, message)
      asides.push({
        id,
        ...(provider === undefined ? {} : { provider }),
        ...(type === undefined ? {} : { type }),
        reason: message,
      })
      return undefined
    },
    list: () => found.toSorted((a, b) => a.offset - b.offset).map(({ problem }) => problem),
    asides: () => asides,
  }
}
