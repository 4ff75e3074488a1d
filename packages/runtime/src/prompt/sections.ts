import { cutText } from '../cut-text.ts'
import type { WorkspaceFile } from './workspace-file.ts'

/** In UTF-16 units. */
export interface PromptLimits {
  /** Of the identity's prompt and of each file. Default: 20,000. */
  readonly maxFileLength?: number
  /** Of all files together. Default: 60,000. */
  readonly maxTotalLength?: number
}

/** A file that is not in the prompt as a whole. */
export interface PromptCut {
  readonly file: string
  /** Of the whole file. */
  readonly bytes: number
  /** UTF-16 units that are in the prompt. */
  readonly shown: number
  /** Which of the two limits it met. */
  readonly limit: 'file' | 'total'
}

export interface NamedFile {
  readonly name: string
  /** Undefined: there is none. */
  readonly file: WorkspaceFile | undefined
}

/** Files as sections of a prompt: the ones that come first get the room that there is. */
export function fileSections(
  files: readonly NamedFile[],
  { maxFileLength, maxTotalLength }: Required<PromptLimits>,
): { readonly sections: readonly string[]; readonly cuts: readonly PromptCut[] } {
  const sections: string[] = []
  const cuts: PromptCut[] = []
  let room = maxTotalLength
  for (const { name, file } of files) {
    const text = file?.text.trim() ?? ''
    if (file === undefined || text === '') continue
    const mayShow = Math.min(maxFileLength, room)
    const isWhole = file.isWhole && text.length <= mayShow
    const shown = isWhole ? text : cutText(text, mayShow).trim()
    room -= shown.length
    if (isWhole) {
      sections.push(toSection(name, text))
      continue
    }
    const limit = mayShow < maxFileLength ? 'total' : 'file'
    cuts.push({ file: name, bytes: file.size, shown: shown.length, limit })
    const marker = `[Cut: ${name} has ${file.size} bytes; ${shown === '' ? 'nothing of it is' : `the first ${shown.length} characters are`} shown. The file itself has the rest.]`
    sections.push(toSection(name, [shown, marker].filter(Boolean).join('\n\n')))
  }
  return { sections, cuts }
}

export function toSection(title: string, text: string): string {
  return text === '' ? '' : `# ${title}\n\n${text}`
}
