import type { Node } from '../json5/node.ts'
import type { Path, Report } from '../report.ts'
import type { Sources } from '../sources.ts'
import type { Conflict } from './merge.ts'
import type { Match } from './pattern.ts'
import type { WrittenTree } from './spelling.ts'

export interface LiftOptions {
  /** Whether the file is another system's. */
  readonly isForeign: boolean
  readonly written: WrittenTree
  readonly report: Report
  readonly sources: Sources
}

/** What became of a match: it went to a path, got another value, or was left out. */
export interface Outcome {
  readonly to?: Path
  readonly value?: Node
  readonly why?: string
}

/** The work in progress: every row puts its result into `root`. */
export interface Lifting extends LiftOptions {
  root: Node
  readonly leftOut: Match[]
  /** Set when agents came out of a map. */
  mapForm?: { readonly main: 'preferred' | 'always'; readonly place: Node }
  note(match: Match, outcome: Outcome): void
}

export function reportConflicts(conflicts: readonly Conflict[], lifting: Lifting): void {
  const { written, report, sources } = lifting
  for (const { first, second } of conflicts) {
    const path = written.at(second.start)?.path ?? []
    const { line } = sources.locate(first.start)
    report.error(
      { path, offset: second.start },
      'CONFLICT',
      `line ${line} has the same setting with another value`,
      'keep one',
    )
  }
}
