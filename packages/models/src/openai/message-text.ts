import type { Part, ToolResultPart } from '@junctor/agent'

/** The API has no mark for failed calls, so the text carries it. */
export function toolResultText({ status, output }: ToolResultPart): string {
  return status === 'ok' ? output : `[${status}] ${output}`
}

/** Thinking stays behind: it is another provider's, or the API takes none. */
export function joinText(parts: readonly Part[]): string {
  return parts
    .flatMap((part) => (part.type === 'text' && part.text !== '' ? [part.text] : []))
    .join('\n\n')
}
