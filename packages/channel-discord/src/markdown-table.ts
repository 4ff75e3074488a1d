import { codeBlock } from './code-block.ts'

type Row = readonly string[]

const delimiterRow = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/

/** A table of https://github.github.com/gfm/#tables-extension- that begins at a line. */
export function readTable(
  lines: readonly string[],
  index: number,
): { readonly rows: readonly Row[]; readonly end: number } | undefined {
  const [head = '', delimiter = ''] = lines.slice(index, index + 2)
  if (!head.includes('|') || !delimiter.includes('-') || !delimiterRow.test(delimiter)) {
    return undefined
  }
  const header = cellsOf(head)
  if (cellsOf(delimiter).length !== header.length) return undefined
  let end = index + 2
  while (end < lines.length && (lines[end] ?? '').includes('|')) end += 1
  return { rows: [header, ...lines.slice(index + 2, end).map(cellsOf)], end }
}

/** Discord has no tables, but code has columns. */
export function writeTable(rows: readonly Row[]): readonly string[] {
  const columns = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => lengthOf(row[column] ?? ''))),
  )
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - lengthOf(cell)))
      .join(' | ')
      .trimEnd(),
  )
  const [first = '', ...rest] = lines
  const line = widths.map((width) => '-'.repeat(width)).join('-+-')
  return codeBlock([first, line, ...rest])
}

function cellsOf(line: string): Row {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '')
  return inner.split(/(?<!\\)\|/).map(plain)
}

/** Inside of code no markup shows. */
function plain(cell: string): string {
  return cell
    .replaceAll(/!?\[([^\]]*)\]\((\S+?)\)/g, (_link, label: string, address: string) =>
      label === '' || label === address ? address : `${label} (${address})`,
    )
    .replaceAll(/\*\*|__|~~|`/g, '')
    .replaceAll(/<br ?\/?>/gi, ' ')
    .replaceAll(String.raw`\|`, '|')
    .trim()
}

function lengthOf(text: string): number {
  return [...text].length
}
