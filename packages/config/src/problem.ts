/** Stable, for programs. `docs/problems.md` says what each one means. */
export type ProblemCode =
  | 'SYNTAX'
  | 'DUPLICATE_KEY'
  | 'CONFLICT'
  | 'UNKNOWN_KEY'
  | 'NOT_AVAILABLE'
  | 'MISSING_KEY'
  | 'INVALID_TYPE'
  | 'INVALID_VALUE'
  | 'INVALID_ID'
  | 'DUPLICATE_ID'
  | 'DUPLICATE_DEFAULT'
  | 'DUPLICATE_AGENT_DIR'
  | 'DUPLICATE_SECRET'
  | 'SHARED_WORKSPACE'
  | 'EXPOSED_CREDENTIALS'
  | 'SHARED_SESSION'
  | 'SHARED_STORE'
  | 'UNKNOWN_AGENT'
  | 'UNKNOWN_CHANNEL'
  | 'UNKNOWN_ACCOUNT'
  | 'UNKNOWN_TOOL'
  | 'OMITTED_ACCOUNT'
  | 'ROLES_WITHOUT_GUILD'
  | 'FALLBACK_CYCLE'
  | 'NOBODY_ALLOWED'
  | 'NO_EFFECT'
  | 'SHADOWED_BINDING'
  | 'BLOCKED_ROOM'
  | 'MISSING_SECRET'
  | 'MISSING_PRICE'
  | 'UNREADABLE'
  | 'INCLUDE_FAILED'

export interface Problem {
  /** An error refuses the file; a warning is for a person to read. */
  readonly severity: 'error' | 'warning'
  readonly code: ProblemCode
  /** What is wrong, without the path. */
  readonly message: string
  /** Such as `agents.list[2].id`; empty for the file as a whole. */
  readonly path: string
  readonly file?: string
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units. */
  readonly column: number
  /** What to write instead. */
  readonly hint?: string
  /** The line of the text and, below it, a caret under the place. What may be a secret is covered with dots. */
  readonly excerpt?: string
}

/** Where a problem is, and what stands there. */
export type ProblemPlace = Pick<Problem, 'path' | 'file' | 'line' | 'column' | 'excerpt'>

/** `formatProblem` with the rule, and below it the excerpt, indented: for people. */
export function describeProblem(problem: Problem): string {
  const lines = problem.excerpt?.split('\n') ?? []
  const head = `${formatProblem(problem)}  [${problem.code}]`
  return [head, ...lines.map((line) => `    ${line}`)].join('\n')
}

/** One line: `junctor.json:12:5  error  agents.list[0].modle: unknown key "modle"; did you mean "model"?` */
export function formatProblem(problem: Problem): string {
  const { file, line, column, severity, path, message, hint } = problem
  const where = file === undefined ? `${line}:${column}` : `${file}:${line}:${column}`
  const subject = path === '' ? '' : `${path}: `
  return `${where}  ${severity}  ${subject}${message}${hint === undefined ? '' : `; ${hint}`}`
}
