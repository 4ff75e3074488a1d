import type { Node } from '../json5/node.ts'
import { formatPath, type Path, type Report } from '../report.ts'
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

export function reportConflicts(
  conflicts: readonly Conflict[],
  { written, report, sources }: Pick<LiftOptions, 'written' | 'report' | 'sources'>,
): void {
  for (const { first, second } of conflicts) {
    const path = written.at(second.start)?.path ?? []
    const place = { path, offset: second.start, hides: true }
    const other = formatPath(written.at(first.start)?.path ?? [])
    const where = positionText(sources, first.start, second.start)
    const message = `${other} has another value for the same setting, in ${where}`
    report.error(place, 'CONFLICT', message, 'keep one')
  }
}

/** `line 3`, and the file where it is another one than that of the place in which it is told. */
export function positionText(sources: Sources, offset: number, toldAt: number): string {
  const { file, line } = sources.locate(offset)
  return file === undefined || file === sources.locate(toldAt).file
    ? `line ${line}`
    : `line ${line} of ${file}`
}
