/** Paths without `node:path`: this package also runs where there is no Node. Both kinds of slash are read. */

/** `~` and `~/…` become the home folder, a relative path stands in `base`, and `.` and `..` are worked out. */
export function resolvePath(path: string, base: string, home: string): string {
  const expanded = /^~(?=[/\\]|$)/.test(path) ? `${home}${path.slice(1)}` : path
  return normalize(isAbsolute(expanded) ? expanded : `${base}/${expanded}`)
}

export function joinPath(base: string, ...parts: readonly string[]): string {
  return normalize([base, ...parts].join('/'))
}

export function folderOf(path: string): string {
  return normalize(`${path}/..`)
}

export function isAbsolute(path: string): boolean {
  return /^(?:[/\\]|[A-Za-z]:[/\\])/.test(path)
}

function normalize(path: string): string {
  const root = /^(?:[A-Za-z]:[/\\]+|[/\\]{2}(?=[^/\\])|[/\\]+)/.exec(path)?.[0] ?? ''
  const separator = /^[A-Za-z]:|^\\\\/.test(path) ? '\\' : '/'
  const parts: string[] = []
  const splitter = separator === '\\' ? /[/\\]+/ : /\/+/
  for (const part of path.slice(root.length).split(splitter)) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return rootOf(root, separator) + parts.join(separator)
}

function rootOf(root: string, separator: string): string {
  if (/^[A-Za-z]:/.test(root)) return `${root.slice(0, 2)}${separator}`
  if (root === '\\\\') return root
  return root === '' ? '' : separator
}
