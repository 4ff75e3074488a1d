import type { Sources } from '../sources.ts'

/** Something in the file that was read as something else. */
export interface Change {
  /** As the file has it: `routing.agents.home`, `tools.deny[0]: "bash"`. */
  readonly from: string
  /** What it means in the canonical shape: `agents.list[0]`, `"exec"`. Absent for what was left out. */
  readonly to?: string
  /** Why it was left out. */
  readonly why?: string
  readonly file?: string
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units. */
  readonly column: number
}

/** One line: `junctor.json:3:5  routing.agents.home → agents.list[0]` */
export function formatChange({ from, to, why, file, line, column }: Change): string {
  const where = file === undefined ? `${line}:${column}` : `${file}:${line}:${column}`
  const outcome = to === undefined ? `left out: ${why ?? 'it does nothing here'}` : `→ ${to}`
  return `${where}  ${from} ${outcome}`
}

export function positionIn(
  sources: Sources,
  offset: number,
): Pick<Change, 'file' | 'line' | 'column'> {
  const { file, line, column } = sources.locate(offset)
  return { ...(file === undefined ? {} : { file }), line, column }
}
