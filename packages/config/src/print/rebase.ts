import type { Node } from '../json5/node.ts'
import { nodeAt, put, scalar, textOf } from '../json5/tree.ts'
import { matchesOf } from '../lift/pattern.ts'
import { isAbsolute, resolvePath } from '../paths.ts'
import type { Path } from '../report.ts'

export interface RebaseOptions {
  /** What relative paths stand in. */
  readonly baseDir: string
  readonly home: string
}

/** Settings that are paths. */
const places = [
  'agents.defaults.workspace',
  'agents.list.*.workspace|agentDir',
  'channels.whatsapp.authDir',
  'channels.whatsapp.accounts.*.authDir',
  'agents.list.*.accounts.whatsapp.*.authDir',
  'agents.list.*.accounts.whatsapp.*.authDir',
]

/** Writes relative paths out, so that they lead to the same files when the text stands in another folder. */
export function rebasePaths(root: Node, { baseDir, home }: RebaseOptions): Node {
  const paths = [
    ...places.flatMap((place) => matchesOf(root, place).map(({ path }) => path)),
    ...secretFilesIn(root, []),
  ]
  let rebased = root
  for (const path of paths) {
    const node = nodeAt(root, path)
    const written = textOf(node)
    if (node === undefined || written === undefined || isAbsolute(written)) continue
    if (/^~(?=[/\\]|$)/.test(written) || written.trim() === '') continue
    const full = resolvePath(written, baseDir, home)
    const short = full.startsWith(`${home}/`) ? `~${full.slice(home.length)}` : full
    rebased = put(rebased, path, scalar(short, node))
  }
  return rebased
}

function secretFilesIn(node: Node, path: Path): readonly Path[] {
  if (node.type === 'scalar') return []
  if (node.type === 'array')
    return node.elements.flatMap((element, index) => secretFilesIn(element, [...path, index]))
  return node.members.flatMap(({ key, value }) =>
    key === '$file' && value.type === 'scalar'
      ? [[...path, key]]
      : secretFilesIn(value, [...path, key]),
  )
}
