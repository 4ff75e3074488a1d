import { cutText } from './cut-text.ts'

/** What the model gets to read of a tool's output: well-formed text of at most `maxLength` UTF-16 units, and a note when cut. */
export function toModelText(output: string, maxLength: number): string {
  if (output.length <= maxLength) return output.toWellFormed()
  const shown = cutText(output, maxLength)
  return `${shown.toWellFormed()}\n\n[Cut: the first ${shown.length} of ${output.length} characters are shown. Ask for a smaller part.]`
}
