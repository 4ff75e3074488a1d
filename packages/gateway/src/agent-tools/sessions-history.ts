import { labelled, type JsonValue, type Tool } from '@junctor/agent'
import { parseSessionKey } from '@junctor/session-key'
import type { Store, TranscriptMessage } from '@junctor/store'
import { fieldOf, textOf } from '../envelopes.ts'
import { deniedCall } from './denied.ts'
import { countOf } from './input.ts'
import type { Sight } from './sight.ts'

export interface SessionsHistoryOptions {
  readonly store: Store
  readonly sight: Sight
}

/** In UTF-16 code units. */
const LONGEST_TEXT = 2_000
const LONGEST_ANSWER = 20_000

/** The tool `sessions_history`: what was said in a session, as data. */
export function sessionsHistoryTool({ store, sight }: SessionsHistoryOptions): Tool {
  return {
    name: 'sessions_history',
    description:
      'What was said in a session that you may see, the newest messages, oldest first. Tool calls are left out unless you ask for them.',
    inputSchema: {
      type: 'object',
      properties: {
        sessionKey: { type: 'string', description: 'As sessions_list shows it.' },
        limit: { type: 'integer', description: 'Messages, 1 to 100, by default 20.' },
        before: { type: 'integer', description: 'Only messages before this "seq".' },
        includeTools: { type: 'boolean', description: 'Show tool calls and their results.' },
      },
      required: ['sessionKey'],
      additionalProperties: false,
    },
    async run(input, context) {
      const sessionKey = textOf(input, 'sessionKey')
      const refused = await sight.refused(context, sessionKey)
      if (refused !== undefined) throw deniedCall('Not shown', refused)
      const limit = countOf(input, 'limit', { least: 1, most: 100, otherwise: 20 })
      const before = countOf(input, 'before', {
        least: 0,
        most: Number.MAX_SAFE_INTEGER,
        otherwise: Number.MAX_SAFE_INTEGER,
      })
      const agent = store.agent(parseSessionKey(sessionKey).agentId)
      const rows = await agent.transcript(sessionKey, { limit, before })
      const withTools = fieldOf(input, 'includeTools') === true
      return textOfRows(sessionKey, rows, withTools)
    },
  }
}

function textOfRows(
  sessionKey: string,
  rows: readonly TranscriptMessage[],
  withTools: boolean,
): string {
  const lines: string[] = []
  let length = 0
  // The newest are shown where not all fit.
  for (const row of rows.toReversed()) {
    const parts = row.parts.flatMap((part) => shownPart(part, withTools))
    if (parts.length === 0) continue
    const line = JSON.stringify({
      seq: row.seq,
      at: new Date(row.at).toISOString(),
      role: row.role,
      parts,
    })
    length += line.length
    if (length > LONGEST_ANSWER) {
      lines.push(JSON.stringify({ omitted: `older messages; ask with before: ${row.seq + 1}` }))
      break
    }
    lines.push(line)
  }
  if (lines.length === 0) return `Nothing is there in session ${sessionKey}.`
  const origin = `the history of session ${sessionKey}, oldest first, one JSON object a line`
  return labelled(origin, lines.toReversed().join('\n'))
}

/** Never what the model thought. */
function shownPart(part: JsonValue, withTools: boolean): readonly JsonValue[] {
  switch (fieldOf(part, 'type')) {
    case 'text':
      return [cut(textOf(part, 'text'))]
    case 'tool-call':
      return withTools
        ? [{ call: textOf(part, 'name'), input: cut(JSON.stringify(fieldOf(part, 'input'))) }]
        : []
    case 'tool-result':
      return withTools
        ? [{ result: textOf(part, 'name'), output: cut(textOf(part, 'output')) }]
        : []
    default:
      return []
  }
}

function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT).toWellFormed()}…`
}
