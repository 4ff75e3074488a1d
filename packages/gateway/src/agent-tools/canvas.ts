import type { JsonValue, Tool } from '@junctor/agent'
import type { Canvases } from '../canvas/canvases.ts'
import { fieldOf } from '../envelopes.ts'

export interface CanvasToolOptions {
  readonly canvases: Canvases
  /** Milliseconds since 1970. */
  readonly now: () => number
}

const LONGEST_HTML = 200_000
const LONGEST_TITLE = 100

/** The tool `canvas`: a page that the agent shows beside the conversation. */
export function canvasTool({ canvases, now }: CanvasToolOptions): Tool {
  return {
    name: 'canvas',
    description:
      'Show an HTML page of your own beside the conversation, on the web page of this gateway: `show` puts one there, `update` replaces what it shows, `clear` takes it away. Scripts and styles must stand in the page itself; nothing can be loaded, and nothing is sent back.',
    inputSchema: {
      type: 'object',
      properties: {
        action: { type: 'string', enum: ['show', 'update', 'clear'] },
        html: { type: 'string', description: `The whole page, at most ${LONGEST_HTML} characters` },
        title: { type: 'string', description: 'A few words above it. Default: Canvas' },
      },
      required: ['action'],
      additionalProperties: false,
    },
    async run(input, { agent, sessionKey }) {
      const action = fieldOf(input, 'action')
      if (action === 'clear')
        return (await canvases.remove(agent.id, sessionKey)) ? 'Taken away.' : 'Nothing was shown.'
      if (action !== 'show' && action !== 'update')
        throw new TypeError('"action" must be show, update or clear')
      const shown = await canvases.get(agent.id, sessionKey)
      if (action === 'update' && shown === undefined)
        throw new TypeError('Nothing is shown yet: use the action show')
      const html = textOf(input, 'html', LONGEST_HTML)
      const title =
        fieldOf(input, 'title') === null
          ? (shown?.title ?? 'Canvas')
          : textOf(input, 'title', LONGEST_TITLE)
      await canvases.put({ agentId: agent.id, sessionKey, title, html, updatedAt: now() })
      return `Shown on the web page as "${title}" (${html.length} characters).`
    },
  }
}

function textOf(input: JsonValue, name: string, longest: number): string {
  const value = fieldOf(input, name)
  if (typeof value !== 'string' || value.trim() === '')
    throw new TypeError(`"${name}" must be a text that is not empty`)
  if (value.length <= longest) return value
  throw new TypeError(`"${name}" has ${value.length} characters, and ${longest} is the most`)
}
