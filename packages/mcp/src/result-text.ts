import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/sdk/types.js'

const LONGEST_TEXT = 200_000

/** What a model reads of a result. Pictures and sound are named, not shown. */
export function resultText({ content, structuredContent }: CallToolResult): string {
  const parts = content.map(partText).filter((part) => part !== '')
  const text =
    parts.length === 0 && structuredContent !== undefined
      ? JSON.stringify(structuredContent)
      : parts.join('\n')
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`
}

function partText(part: ContentBlock): string {
  switch (part.type) {
    case 'text':
      return part.text
    case 'image':
    case 'audio':
      return `[${part.type} of type ${part.mimeType}, not shown]`
    case 'resource_link':
      return `[${part.name}: ${part.uri}]`
    case 'resource':
      return 'text' in part.resource
        ? `[${part.resource.uri}]\n${part.resource.text}`
        : `[${part.resource.uri}, not shown]`
  }
}
