import type { Node } from './json5/node.ts'
import { excerptOf } from './excerpt.ts'
import type { Problem, ProblemCode } from './problem.ts'
import type { Sources } from './sources.ts'

export type Path = readonly (string | number)[]

/** A spot in the texts, and what stands there. */
export interface Place {
  readonly path: Path
  readonly offset: number
  /** Whether what stands there may be a secret. */
  readonly hides?: boolean
}

export interface Report {
  error(place: Place, code: ProblemCode, message: string, hint?: string): void
  warning(place: Place, code: ProblemCode, message: string, hint?: string): void
  /** A setting that this version does not act on. An error in our files; another system's are read without it. */
  unavailable(place: Place, message: string, hint?: string): void
  /** What a person calls the thing at a path. */
  nameOf(path: Path): string
  /** Every problem so far, in the order of the texts. */
  problems(): readonly Problem[]
}

/** What stands behind a key that nobody knows may be a secret under a misspelt name. */
const hiding: ReadonlySet<ProblemCode> = new Set(['UNKNOWN_KEY', 'NOT_AVAILABLE', 'SYNTAX'])

export function createReport(sources: Sources): Report {
  const found: { readonly offset: number; readonly problem: Problem }[] = []
  const add =
    (severity: Problem['severity']): Report['error'] =>
    ({ path, offset, hides = false }, code, message, hint) => {
      const location = sources.locate(offset)
      const { file, line, column } = location
      const excerpt = excerptOf(location, hides || hiding.has(code))
      found.push({
        offset,
        problem: {
          severity,
          code,
          message,
          path: formatPath(path),
          ...(file === undefined ? {} : { file }),
          line,
          column,
          ...(hint === undefined ? {} : { hint }),
          ...(excerpt === undefined ? {} : { excerpt }),
        },
      })
    }
  return {
    error: add('error'),
    warning: add('warning'),
    unavailable: (place, message, hint) => {
      add('error')(place, 'NOT_AVAILABLE', message, hint)
    },
    nameOf: formatPath,
    problems: () => [...found].sort((a, b) => a.offset - b.offset).map(({ problem }) => problem),
  }
}

/** `agents.list[2].id`, `broadcast.groups["12@g.us"]`. */
export function formatPath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`
      if (!/^[A-Za-z_$][\w$-]*$/.test(part)) return `[${JSON.stringify(part)}]`
      return index === 0 ? part : `.${part}`
    })
    .join('')
}

/** The place of a path, or of the nearest thing around it that the text has: a plain value, otherwise its key. */
export function locate(root: Node | undefined, path: Path): Place {
  let node = root
  let offset = root?.start ?? 0
  for (const part of path) {
    if (node?.type === 'object') {
      const member = node.members.findLast(({ key }) => key === part)
      node = member?.value
      offset = member?.keyStart ?? offset
    } else if (node?.type === 'array' && typeof part === 'number') {
      node = node.elements[part]
      offset = node?.start ?? offset
    } else break
    if (node === undefined) break
  }
  return { path, offset: node?.type === 'scalar' ? node.start : offset }
}
