import { expandIncludes } from '../include.ts'
import type { Node } from '../json5/node.ts'
import { parseJson5 } from '../json5/parse-json5.ts'
import { childOf, nodeAt } from '../json5/tree.ts'
import { normalise } from '../normalise.ts'
import type { OwnedBindings } from '../owned/declare-owned.ts'
import type { ParseOptions } from '../parse-config.ts'
import type { Problem } from '../problem.ts'
import { createReport, locate, type Path, type Report } from '../report.ts'
import { createSources, type Sources } from '../sources.ts'
import { insertLast } from './insert.ts'
import { containerAt, placeOf, type Raw } from './raw-tree.ts'
import { isRefusal, refuse } from './refusal.ts'
import { removeItem } from './remove.ts'
import { renderMember, renderValue, type Renderable } from './render.ts'

/** A config to edit. */
export interface ConfigSource extends Pick<
  ParseOptions,
  'file' | 'env' | 'flavour' | 'readInclude'
> {
  readonly text: string
}

/** A file that an edit changed: the config itself, or one that it includes. */
export interface EditedFile {
  readonly file: string | undefined
  readonly text: string
}

export type Edited<Result> =
  | ({ readonly ok: true; readonly files: readonly EditedFile[] } & Result)
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** The texts of a config while they are changed. Paths are canonical, whatever the file's own spelling. */
export interface Draft {
  nodeAt(path: Path): Node | undefined
  /** Every binding that holds, also those that agents declare for themselves. */
  bindings(): readonly DraftBinding[]
  /** Writes one more item into a list, which is made, with everything around it, where there is none. */
  append(path: Path, value: Renderable): void
  /** Writes a member of an object, which is made where there is none. */
  set(path: Path, value: string | boolean): void
  remove(path: Path): void
  /** Takes a binding, or a route of an agent, out of its list. */
  unbind(binding: DraftBinding): void
}

export interface DraftBinding {
  /** In the shape of a binding, wherever it is written. */
  readonly node: Node
  /** An `account` binding is written nowhere: it comes with the account that an agent declares. */
  readonly from: 'bindings' | 'route' | 'account'
}

/** Edits the texts of a config, comments and layout kept. An edit that cannot be made changes nothing. */
export function editTexts<Result>(
  source: ConfigSource,
  edit: (draft: Draft) => Result,
): Edited<Result> {
  const edited = new Map<string | undefined, string>()
  let view = readTexts(source, edited)
  if (!view.ok) return view
  try {
    const result = edit(createDraft())
    const files = Array.from(edited, ([file, text]) => ({ file, text }))
    return { ok: true, files, ...result }
  } catch (refusal) {
    if (!isRefusal(refusal)) throw refusal
    const { path, code, message, hint } = refusal
    view.report.error(locate(view.root, path), code, message, hint)
    return { ok: false, problems: view.report.problems() }
  }

  function createDraft(): Draft {
    return { nodeAt: (path) => nodeAt(rootNow(), path), bindings, append, set, remove, unbind }
  }

  function rootNow(): Node | undefined {
    return view.ok ? view.root : undefined
  }

  function bindings(): readonly DraftBinding[] {
    if (!view.ok) return []
    const { owned } = view
    const list = nodeAt(view.whole, ['bindings'])
    return list?.type === 'array'
      ? list.elements.map((node, index) => ({ node, from: owned.get(index) ?? 'bindings' }))
      : []
  }

  function unbind({ node }: DraftBinding): void {
    removeNode(node, ['bindings'])
  }

  /** Changes the text in which an offset lies, by its own tree. */
  function change(offset: number, changed: (text: string, raw: Raw) => string): void {
    if (!view.ok) return
    const { text, file, base } = view.sources.textAt(offset)
    const parsed = parseJson5(text)
    const root = parsed.ok ? parsed.node : undefined
    edited.set(file, changed(text, { root, offset: offset - base }))
    view = readTexts(source, edited)
  }

  function append(path: Path, value: Renderable): void {
    makeContainer(path, '[]')
    const list = nodeAt(rootNow(), path)
    change(list?.start ?? 0, (text, raw) => {
      const container = containerAt(raw, 'array', path, list)
      return insertLast(text, container, renderValue(text, value))
    })
  }

  function set(path: Path, value: string | boolean): void {
    const parentPath = path.slice(0, -1)
    const key = String(path.at(-1))
    makeContainer(parentPath, '{}')
    const parent = nodeAt(rootNow(), parentPath)
    change(parent?.start ?? 0, (text, raw) => {
      const container = containerAt(raw, 'object', parentPath, parent)
      const known = container.members.findLast((member) => member.key === key)?.value
      const written = renderValue(text, value)
      if (known === undefined) return insertLast(text, container, renderMember(text, key, written))
      return text.slice(0, known.start) + written + text.slice(known.end)
    })
  }

  function makeContainer(path: Path, empty: '[]' | '{}'): void {
    if (rootNow() === undefined) change(0, (text) => `${text}${text.trim() === '' ? '' : '\n'}{}\n`)
    for (const [depth, key] of path.entries()) {
      const parent = nodeAt(rootNow(), path.slice(0, depth))
      if (childOf(parent, key) !== undefined) continue
      const content = depth === path.length - 1 ? empty : '{}'
      change(parent?.start ?? 0, (text, raw) => {
        const container = containerAt(raw, 'object', path.slice(0, depth), parent)
        return insertLast(text, container, renderMember(text, String(key), content))
      })
    }
  }

  function remove(path: Path): void {
    const node = nodeAt(rootNow(), path)
    if (node !== undefined) removeNode(node, path)
  }

  function removeNode(node: Node, path: Path): void {
    change(node.start, (text, raw) => {
      const place = raw.root && placeOf(raw.root, raw.offset)
      if (place !== undefined) return removeItem(text, place.container, place.index)
      const message = 'is the whole content of a file that is included'
      return refuse(path, 'INCLUDE_FAILED', message, 'remove its $include by hand')
    })
  }
}

type View =
  | {
      readonly ok: true
      readonly root: Node | undefined
      /** The root with what agents declare for themselves as bindings and accounts. */
      readonly whole: Node | undefined
      readonly owned: OwnedBindings
      readonly sources: Sources
      readonly report: Report
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

function readTexts(source: ConfigSource, edited: ReadonlyMap<string | undefined, string>): View {
  const { file, env = {}, flavour } = source
  const text = edited.get(file) ?? source.text
  const sources = createSources(text, file)
  const report = createReport(sources)
  const parsed = parseJson5(text)
  if (!parsed.ok) {
    report.error({ path: [], offset: parsed.fault.offset }, 'SYNTAX', parsed.fault.message)
    return { ok: false, problems: report.problems() }
  }
  const readInclude = source.readInclude && withEdits(source.readInclude, edited)
  const whole = parsed.node && expandIncludes(parsed.node, { sources, report, file, readInclude })
  const found = whole && normalise(whole, { file, flavour, env, report, sources })
  if (whole === undefined && parsed.node !== undefined)
    return { ok: false, problems: report.problems() }
  const owned: OwnedBindings = found?.owned ?? new Map()
  return { ok: true, root: found?.asDeclared(), whole: found?.node, owned, sources, report }
}

function withEdits(
  readInclude: NonNullable<ConfigSource['readInclude']>,
  edited: ReadonlyMap<string | undefined, string>,
): NonNullable<ConfigSource['readInclude']> {
  return (path, from) => {
    const found = readInclude(path, from)
    return { ...found, text: edited.get(found.file) ?? found.text }
  }
}
