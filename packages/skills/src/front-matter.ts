import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml'
import type { Skill } from './skill.ts'

export type FrontMatter = Pick<
  Skill,
  'name' | 'description' | 'requires' | 'settingsName' | 'hidden' | 'primaryEnv'
>

export interface FrontMatterProblem {
  readonly message: string
  /** From 1, in the file. */
  readonly line: number
}

/** Whose block of `metadata` counts, the first that is there. Without any it is `metadata` itself. */
const families = ['junctor', 'openclaw', 'clawdbot', 'moltbot', 'opensoul', 'clawdia', 'argentos']

/** Reads what stands between the two lines `---` at the beginning of a SKILL.md. A name is the folder's where it has none. */
export function parseFrontMatter(
  text: string,
  folderName: string,
): FrontMatter | { readonly problem: FrontMatterProblem } {
  const yaml = /^---[ \t]*\r?\n([\s\S]*?)^---[ \t]*\r?$/m.exec(text)
  if (yaml?.index !== 0)
    return problemAt(1, 'it does not begin with front matter between two lines "---"')
  const lines = new LineCounter()
  const options = { lineCounter: lines, prettyErrors: false }
  const document = parseDocument(yaml[1] ?? '', options)
  // The line "---" comes before the first one of the YAML.
  const lineOf = (offset: number): number => lines.linePos(offset).line + 1
  const [error] = document.errors
  if (error !== undefined) return problemAt(lineOf(error.pos[0]), error.message)

  const problems: FrontMatterProblem[] = []
  const { contents } = document
  const top = createFields(contents, 'the front matter', (node, message) =>
    problems.push({ message, line: lineOf(node?.range?.[0] ?? 0) }),
  )
  const metadata = top.fields('metadata')
  const own = families.map((family) => metadata.fields(family)).find(({ isThere }) => isThere)
  const found = read(top, own ?? metadata, folderName)
  const [problem] = problems
  return problem === undefined ? found : { problem }
}

function read(top: Fields, block: Fields, folderName: string): FrontMatter {
  const requires = block.fields('requires')
  const name = top.text('name', /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u) ?? folderName
  const primaryEnv = block.text('primaryEnv', variable)
  return {
    name,
    description: top.required('description').replaceAll(/\s+/g, ' ').trim(),
    requires: {
      bins: requires.texts('bins', program),
      anyBins: requires.texts('anyBins', program),
      env: requires.texts('env', variable),
      config: requires.texts('config'),
      tools: [...requires.texts('tools'), ...block.texts('tools')],
      os: block.texts('os'),
      always: block.flag('always'),
    },
    settingsName: block.text('skillKey') ?? name,
    ...(primaryEnv === undefined ? {} : { primaryEnv }),
    hidden: top.flag('disable-model-invocation'),
  }
}

/** Nothing that a shell or a table could take for something else. */
const program = /^[\w.+-]{1,100}$/
const variable = /^[A-Za-z_]\w*$/

/** Reads the keys of a mapping. What is wrong with one is reported, and counts as not there. */
interface Fields {
  readonly isThere: boolean
  fields(key: string): Fields
  text(key: string, pattern?: RegExp): string | undefined
  required(key: string): string
  /** A list of texts, or one alone. */
  texts(key: string, pattern?: RegExp): readonly string[]
  flag(key: string): boolean
}

function createFields(
  node: Node | null | undefined,
  name: string,
  report: (node: Node | null | undefined, message: string) => void,
): Fields {
  if (node != null && !isMap(node) && !(isScalar(node) && node.value === null))
    report(node, `${name} must be a mapping of keys to values`)
  const map = isMap<unknown, Node | null>(node) ? node : undefined
  const at = (key: string): Node | undefined => map?.get(key, true) ?? undefined

  const textIn = (key: string, found: Node, pattern: RegExp | undefined): string | undefined => {
    const value = isScalar(found) ? found.value : undefined
    if (typeof value !== 'string' || value.trim() === '') {
      report(found, `"${key}" must be text`)
      return undefined
    }
    if (pattern === undefined || pattern.test(value)) return value
    report(found, `"${key}" cannot be ${JSON.stringify(value.slice(0, 80))}`)
    return undefined
  }
  const text = (key: string, pattern?: RegExp): string | undefined => {
    const found = at(key)
    return found === undefined ? undefined : textIn(key, found, pattern)
  }

  return {
    isThere: map !== undefined,
    fields: (key) => createFields(at(key), `"${key}"`, report),
    text,
    required(key) {
      if (at(key) === undefined) report(map, `"${key}" is missing`)
      return text(key) ?? ''
    },
    texts(key, pattern) {
      const found = at(key)
      if (found === undefined) return []
      const items = isSeq<Node>(found) ? found.items : [found]
      return items.flatMap((item) => textIn(key, item, pattern) ?? [])
    },
    flag(key) {
      const found = at(key)
      if (found === undefined) return false
      if (isScalar(found) && typeof found.value === 'boolean') return found.value
      report(found, `"${key}" must be true or false`)
      return false
    },
  }
}

function problemAt(line: number, message: string): { readonly problem: FrontMatterProblem } {
  return { problem: { message, line } }
}
