import { ToolError } from '../errors.ts'

/** Lines of a file that a patch finds, and what it puts in their place. */
export interface Hunk {
  /** A line that stands somewhere above. */
  readonly anchor: string | undefined
  readonly before: readonly string[]
  readonly after: readonly string[]
}

export type FileChange =
  | { readonly kind: 'add'; readonly path: string; readonly content: string }
  | { readonly kind: 'delete'; readonly path: string }
  | {
      readonly kind: 'update'
      readonly path: string
      readonly moveTo: string | undefined
      readonly hunks: readonly Hunk[]
    }

const begin = '*** Begin Patch'
const end = '*** End Patch'
const header = /^\*\*\* (Add|Update|Delete) File: (.+)$/

/** Reads the patch format that coding models write. Throws `INVALID_INPUT` with the number of the line. */
export function parsePatch(tool: string, text: string): readonly FileChange[] {
  const lines = text.trim().split(/\r?\n/)
  const invalid = (line: number, problem: string): ToolError =>
    new ToolError(tool, 'INVALID_INPUT', `Line ${line + 1} of the patch: ${problem}`)
  if (lines[0]?.trim() !== begin) throw invalid(0, `must be "${begin}"`)
  if (lines.at(-1)?.trim() !== end) throw invalid(lines.length - 1, `must be "${end}"`)

  const changes: FileChange[] = []
  const last = lines.length - 1
  let at = 1
  while (at < last) {
    const [, verb, path = ''] = header.exec(lines[at] ?? '') ?? []
    if (verb === undefined)
      throw invalid(at, 'must be "*** Add File: …", "*** Update File: …" or "*** Delete File: …"')
    const start = at + 1
    at = start
    while (at < last && !header.test(lines[at] ?? '')) at += 1
    const body = lines.slice(start, at)
    if (verb === 'Delete') changes.push({ kind: 'delete', path })
    else if (verb === 'Add') {
      const wrong = body.findIndex((line) => !line.startsWith('+'))
      if (wrong !== -1) throw invalid(start + wrong, 'a line of a new file must begin with "+"')
      changes.push({
        kind: 'add',
        path,
        content: body.map((line) => `${line.slice(1)}\n`).join(''),
      })
    } else changes.push(readUpdate(path, body, (line, problem) => invalid(start + line, problem)))
  }
  if (changes.length === 0) throw invalid(1, 'the patch changes nothing')
  return changes
}

function readUpdate(
  path: string,
  body: readonly string[],
  invalid: (line: number, problem: string) => ToolError,
): FileChange {
  const moveTo = /^\*\*\* Move to: (.+)$/.exec(body[0] ?? '')?.[1]
  const hunks: { anchor: string | undefined; before: string[]; after: string[] }[] = []
  for (const [index, line] of body.entries()) {
    if (index === 0 && moveTo !== undefined) continue
    if (line === '*** End of File') continue
    if (line.startsWith('@@')) {
      const anchor = line.slice(2).trim()
      hunks.push({ anchor: anchor === '' ? undefined : anchor, before: [], after: [] })
      continue
    }
    if (hunks.length === 0) hunks.push({ anchor: undefined, before: [], after: [] })
    const hunk = hunks.at(-1)
    const sign = line === '' ? ' ' : line[0]
    if (sign !== ' ' && sign !== '-' && sign !== '+')
      throw invalid(index, 'must begin with " ", "-", "+" or "@@"')
    if (sign !== '+') hunk?.before.push(line.slice(1))
    if (sign !== '-') hunk?.after.push(line.slice(1))
  }
  if (hunks.length === 0 && moveTo === undefined) throw invalid(0, 'the update changes nothing')
  return { kind: 'update', path, moveTo, hunks }
}

/** The text with every hunk in place, found from the top down. Throws `NO_MATCH` for one that does not fit. */
export function applyHunks(
  tool: string,
  path: string,
  text: string,
  hunks: readonly Hunk[],
): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  const endsWithNewline = text.endsWith('\n')
  const lines = text.split(/\r?\n/)
  if (endsWithNewline) lines.pop()
  let from = 0
  for (const { anchor, before, after } of hunks) {
    if (anchor !== undefined) {
      const anchorAt = lines.findIndex((line, index) => index >= from && line.trim() === anchor)
      if (anchorAt === -1) throw noMatch(tool, path, `the line ${JSON.stringify(anchor)}`)
      from = anchorAt + 1
    }
    const at =
      before.length === 0 ? (anchor === undefined ? lines.length : from) : find(lines, before, from)
    if (at === -1) throw noMatch(tool, path, `these lines:\n${before.join('\n')}`)
    lines.splice(at, before.length, ...after)
    from = at + after.length
  }
  return lines.join(lineEnd) + (endsWithNewline || text === '' ? lineEnd : '')
}

function find(lines: readonly string[], wanted: readonly string[], from: number): number {
  for (let at = from; at + wanted.length <= lines.length; at += 1)
    if (wanted.every((line, index) => lines[at + index] === line)) return at
  return -1
}

function noMatch(tool: string, path: string, what: string): ToolError {
  return new ToolError(
    tool,
    'NO_MATCH',
    `${path} does not have ${what}\nRead the file again; nothing was changed.`,
  )
}
