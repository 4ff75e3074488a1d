import type { JsonValue } from '@junctor/store'
import { idOf, isRecord, recordOf, textOf, timeOf, type JsonRecord } from './json.ts'
import { createScribe, type PastMessage, type SaidPart, type Scribe } from './scribe.ts'
import type { Skipped, Transcript, TranscriptLine } from './transcript.ts'

export interface Past {
  readonly messages: readonly PastMessage[]
  /** How many of them, the first ones, a summary took the place of. */
  readonly ended: number
  /** `provider/model` that answered last. */
  readonly model?: string
  readonly skipped: readonly Skipped[]
}

/** Records that say nothing in a conversation: settings, marks, and what an extension keeps. */
const silent = new Set([
  'session',
  'model_change',
  'thinking_level_change',
  'custom',
  'label',
  'session_info',
  'context_transform',
  'ephemeral',
])

interface Reading {
  readonly scribe: Scribe
  readonly record: JsonRecord
  readonly at: number
}

/** A transcript of the Clawdbot family as messages of ours. What is not understood is passed over, and said. */
export function toPast({ lines }: Transcript, file: string, startedAt: number): Past {
  const scribe = createScribe()
  const skipped: Skipped[] = []
  const compaction = lines.findLast(({ record }) => textOf(record, 'type') === 'compaction')
  const kept = compaction && firstKept(compaction, lines)
  let ended = 0
  let model: string | undefined
  let at = startedAt
  for (const each of lines) {
    const { line, record } = each
    const message = recordOf(record, 'message')
    at = timeOf(message['timestamp']) ?? timeOf(record['timestamp']) ?? at
    if (compaction !== undefined && each === (kept ?? compaction)) {
      ended = scribe.count()
      scribe.say('user', [summary(textOf(compaction.record, 'summary') ?? '')], at)
    }
    const reason = read({ scribe, record, at })
    if (reason !== undefined) skipped.push({ file, line, reason })
    model = modelOf(message) ?? model
  }
  const messages = scribe.end()
  return { messages, ended, skipped, ...(model === undefined ? {} : { model }) }
}

/** Where the part begins that a summary leaves as it was. Older files count records, newer ones name it. */
function firstKept(
  { record }: TranscriptLine,
  lines: readonly TranscriptLine[],
): TranscriptLine | undefined {
  const { firstKeptEntryId, firstKeptEntryIndex } = record
  if (typeof firstKeptEntryIndex === 'number') return lines[firstKeptEntryIndex]
  return lines.find(
    (each) => idOf(each.record) === firstKeptEntryId && firstKeptEntryId !== undefined,
  )
}

/** Why a record is not understood; undefined when it is. */
function read(reading: Reading): string | undefined {
  const { record } = reading
  const type = textOf(record, 'type')
  switch (type) {
    case 'message':
      return readMessage({ ...reading, record: recordOf(record, 'message') })
    case 'branch_summary':
      return say(reading, textOf(record, 'summary') ?? '')
    case 'custom_message':
      return readCustom(reading)
    case 'compaction':
      return undefined
    default:
      if (type !== undefined && silent.has(type)) return undefined
      return type === undefined ? 'has no type' : `has the unknown type "${type}"`
  }
}

function readMessage(reading: Reading): string | undefined {
  const { scribe, record, at } = reading
  const role = textOf(record, 'role')
  switch (role) {
    case 'user':
      return say(reading, contentText(record['content']))
    case 'assistant':
      return readAssistant(reading)
    case 'toolResult':
    case 'tool': {
      const status = record['isError'] === true ? 'error' : 'ok'
      const output = contentText(record['content'])
      const callId = textOf(record, 'toolCallId') ?? textOf(record, 'toolUseId') ?? ''
      return scribe.answer({ callId, status, output }, at)
        ? undefined
        : `has a result of "${textOf(record, 'toolName') ?? 'a tool'}" that nothing called`
    }
    case 'bashExecution':
      if (record['excludeFromContext'] === true) return undefined
      return say(reading, `$ ${textOf(record, 'command') ?? ''}\n${textOf(record, 'output') ?? ''}`)
    case 'branchSummary':
    case 'compactionSummary':
      return say(reading, textOf(record, 'summary') ?? '')
    case 'custom':
    case 'hookMessage':
      return readCustom(reading)
    default:
      return role === undefined ? 'has a message without a role' : `has a message of "${role}"`
  }
}

/** What an extension put in without showing it was said by nobody. */
function readCustom(reading: Reading): undefined {
  if (reading.record['display'] === false) return undefined
  return say(reading, contentText(reading.record['content']))
}

function say({ scribe, at }: Reading, text: string): undefined {
  if (text.trim() !== '') scribe.say('user', [{ type: 'text', text }], at)
  return undefined
}

function readAssistant({ scribe, record, at }: Reading): string | undefined {
  const { content } = record
  if (typeof content === 'string') {
    if (content.trim() !== '') scribe.say('assistant', [{ type: 'text', text: content }], at)
    return undefined
  }
  if (!Array.isArray(content)) return 'has an answer without content'
  const unknown: string[] = []
  const parts = content.flatMap((part: unknown): readonly SaidPart[] => {
    const understood = isRecord(part) ? assistantPart(part) : undefined
    if (understood === undefined) unknown.push(isRecord(part) ? (textOf(part, 'type') ?? '') : '')
    return understood ?? []
  })
  if (parts.length > 0) scribe.say('assistant', parts, at)
  return unknown.length === 0
    ? undefined
    : `has parts of an unknown type: "${unknown.join('", "')}"`
}

/** No parts for one that is blank, undefined for one that is not understood. */
function assistantPart(part: JsonRecord): readonly SaidPart[] | undefined {
  switch (textOf(part, 'type')) {
    case 'text':
      return textPart('text', textOf(part, 'text'))
    case 'thinking':
      // Its signature is good for the provider's own client and key alone.
      return textPart('thinking', textOf(part, 'thinking'))
    case 'redacted_thinking':
      return []
    case 'toolCall':
    case 'toolUse':
    case 'tool_use':
    case 'functionCall': {
      const callId = textOf(part, 'id')
      const name = textOf(part, 'name')
      if (callId === undefined || name === undefined) return undefined
      const input = inputOf(part['arguments'] ?? part['input'])
      return [{ type: 'tool-call', callId, name, input }]
    }
    default:
      return undefined
  }
}

function textPart(type: 'text' | 'thinking', text: string | undefined): readonly SaidPart[] {
  return text === undefined || text.trim() === '' ? [] : [{ type, text }]
}

function inputOf(given: unknown): JsonValue {
  // What came out of JSON.parse is JSON.
  if (isRecord(given)) return given as JsonValue
  if (typeof given !== 'string') return {}
  try {
    const parsed: unknown = JSON.parse(given)
    return isRecord(parsed) ? (parsed as JsonValue) : {}
  } catch {
    return {}
  }
}

/** Text, or parts of which those that are no text are named. */
function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .flatMap((part: unknown) => {
      if (typeof part === 'string') return [part]
      if (!isRecord(part)) return []
      const text = textOf(part, 'text')
      if (text !== undefined) return [text]
      const kind = [textOf(part, 'type') ?? 'attachment', textOf(part, 'mimeType')]
      return [`[${kind.filter((word) => word !== undefined).join(' ')}]`]
    })
    .join('\n')
}

function summary(text: string): SaidPart {
  return { type: 'text', text: `[What was said before, in short]\n${text}` }
}

function modelOf(message: JsonRecord): string | undefined {
  if (textOf(message, 'role') !== 'assistant') return undefined
  const provider = textOf(message, 'provider')
  const model = textOf(message, 'model')
  if (provider === undefined || model === undefined) return undefined
  // Their gateways write down as a model's what they sent themselves.
  return /^(clawdbot|moltbot|openclaw|opensoul|clawdia|argentos)$/.test(provider)
    ? undefined
    : `${provider}/${model}`
}
