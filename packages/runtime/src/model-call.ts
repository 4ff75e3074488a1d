import {
  ModelError,
  type Model,
  type ModelEvent,
  type ModelRequest,
  type Part,
  type StopReason,
  type ToolCallPart,
  type Usage,
} from '@junctor/agent'

/** What one call of the model has given so far; whole once `stopReason` is there. */
export interface ModelAnswer {
  /** Never holds blank text: providers refuse it when it comes back to them. */
  readonly parts: Part[]
  readonly calls: ToolCallPart[]
  text: string
  stopReason: StopReason | undefined
  usage: Usage | undefined
}

export function emptyAnswer(): ModelAnswer {
  return { parts: [], calls: [], text: '', stopReason: undefined, usage: undefined }
}

/** Reads one stream into `answer`, which keeps what had arrived when the stream fails. */
export async function readAnswer(
  answer: ModelAnswer,
  model: Model,
  request: ModelRequest,
  signal: AbortSignal,
  onText: (delta: string, text: string) => void,
  note: (text: string) => void,
): Promise<void> {
  let textStart = 0
  let thinking: { text: string; signature?: string } | undefined

  const closeParts = (): void => {
    if (thinking !== undefined) answer.parts.push({ type: 'thinking', ...thinking })
    thinking = undefined
    const text = answer.text.slice(textStart)
    if (text.trim() !== '') answer.parts.push({ type: 'text', text })
    textStart = answer.text.length
  }

  const take = (event: ModelEvent): void => {
    switch (event.type) {
      case 'text':
        if (event.text === '') return
        if (thinking !== undefined) closeParts()
        answer.text += event.text
        onText(event.text, answer.text)
        return
      case 'thinking':
        if (answer.text.length > textStart) closeParts()
        thinking ??= { text: '' }
        thinking.text += event.text
        if (event.signature !== undefined) {
          thinking.signature = event.signature
          closeParts()
        }
        return
      case 'tool-call':
        closeParts()
        answer.calls.push(event)
        answer.parts.push(event)
        return
      case 'done':
        closeParts()
        answer.stopReason = event.stopReason
        answer.usage = event.usage
    }
  }

  for await (const event of model.stream(request, { signal, note })) {
    // The turn is over and its result given away: a model that ignores the signal changes nothing any more.
    if (signal.aborted) return
    take(event)
    if (answer.stopReason !== undefined) return
  }
  if (!signal.aborted) throw new ModelError(providerOf(model), 'STREAM_FAILED', cutMessage(model))
}

export function providerOf(model: Model): string {
  return model.id.split('/', 1)[0] ?? model.id
}

function cutMessage(model: Model): string {
  return `The stream of model "${model.id}" ended without its terminal event; the answer may be cut`
}
