import type { Answer } from './step.ts'

interface ResponsesEvent {
  readonly type: string
  readonly [field: string]: unknown
}

/** One entry of a response's output, as it is when it begins and when it is done. */
interface OutputItem {
  readonly kind: 'reasoning' | 'message' | 'function_call'
  readonly id: string
  readonly text: string
  readonly name: string
  readonly begun: object
  readonly done: object
}

export function outputItems(
  answer: Answer,
  nextId: (prefix: string) => string,
): readonly OutputItem[] {
  const items: OutputItem[] = []
  if (answer.thinking !== '') items.push(reasoningItem(nextId('rs'), answer.thinking))
  if (answer.text !== '') items.push(messageItem(nextId('msg'), answer))
  for (const call of answer.tools) {
    const id = nextId('fc')
    const text = answer.toolInput(call)
    const common = { id, type: 'function_call', call_id: call.callId, name: call.name }
    items.push({
      kind: 'function_call',
      id,
      text,
      name: call.name,
      begun: { ...common, status: 'in_progress', arguments: '' },
      done: { ...common, status: 'completed', arguments: text },
    })
  }
  return items
}

export function itemEvents(
  item: OutputItem,
  output_index: number,
  answer: Answer,
): readonly ResponsesEvent[] {
  return [
    { type: 'response.output_item.added', output_index, item: item.begun },
    ...innerEvents(item, { item_id: item.id, output_index }, answer),
    { type: 'response.output_item.done', output_index, item: item.done },
  ]
}

function innerEvents(
  item: OutputItem,
  place: { readonly item_id: string; readonly output_index: number },
  answer: Answer,
): readonly ResponsesEvent[] {
  const pieces = answer.pieces(item.text)
  if (item.kind === 'function_call') {
    const type = 'response.function_call_arguments'
    return [
      ...pieces.map((delta) => ({ type: `${type}.delta`, ...place, delta })),
      { type: `${type}.done`, ...place, name: item.name, arguments: item.text },
    ]
  }
  if (item.kind === 'reasoning') {
    const type = 'response.reasoning_summary'
    const at = { ...place, summary_index: 0 }
    return [
      { type: `${type}_part.added`, ...at, part: { type: 'summary_text', text: '' } },
      ...pieces.map((delta) => ({ type: `${type}_text.delta`, ...at, delta })),
      { type: `${type}_text.done`, ...at, text: item.text },
      { type: `${type}_part.done`, ...at, part: { type: 'summary_text', text: item.text } },
    ]
  }
  const at = { ...place, content_index: 0 }
  const [type, field] =
    answer.stopReason === 'refusal'
      ? ['response.refusal', 'refusal']
      : ['response.output_text', 'text']
  return [
    { type: 'response.content_part.added', ...at, part: contentPart(answer, '') },
    ...pieces.map((delta) => ({ type: `${type}.delta`, ...at, delta })),
    { type: `${type}.done`, ...at, [field]: item.text },
    { type: 'response.content_part.done', ...at, part: contentPart(answer, item.text) },
  ]
}

function messageItem(id: string, answer: Answer): OutputItem {
  const common = { id, type: 'message', role: 'assistant' }
  return {
    kind: 'message',
    id,
    text: answer.text,
    name: '',
    begun: { ...common, status: 'in_progress', content: [] },
    done: { ...common, status: 'completed', content: [contentPart(answer, answer.text)] },
  }
}

function reasoningItem(id: string, text: string): OutputItem {
  const common = { id, type: 'reasoning' }
  return {
    kind: 'reasoning',
    id,
    text,
    name: '',
    begun: { ...common, summary: [] },
    done: { ...common, summary: [{ type: 'summary_text', text }] },
  }
}

function contentPart({ stopReason }: Answer, text: string): object {
  if (stopReason === 'refusal') return { type: 'refusal', refusal: text }
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}
