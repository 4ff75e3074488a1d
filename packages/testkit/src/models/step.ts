import type { JsonValue, StopReason, Usage } from '@junctor/agent'
import type { FaultEffect, FaultKind } from '../fault.ts'

/** What one request is answered with. An empty step is an empty answer that ends well. */
export interface ModelStep {
  readonly text?: string
  /** Comes before the text. */
  readonly thinking?: string
  readonly tools?: readonly StepToolCall[]
  /** Default: `tool-calls` when there are tools, else `end`. With `refusal` the text is the refusal. */
  readonly stopReason?: StopReason
  /** `inputTokens` counts cached ones as well. Default: 12 in, 7 out, none cached. */
  readonly usage?: Usage
  /** Characters per streamed piece of text, thinking and tool input. Default 16. */
  readonly chunkSize?: number
  /** Pause before each event of a stream. Default 0: the whole stream leaves in one write. */
  readonly chunkDelayMs?: number
  readonly fault?: ModelFault
}

export interface StepToolCall {
  readonly name: string
  readonly input: JsonValue
  /** Default: made up, unique for the server. */
  readonly callId?: string
}

/** Those of the common vocabulary that a model provider can show. */
export const modelFaultKinds = [
  'drop-before',
  'drop-after',
  'delay',
  'rate-limit',
  'status',
  'silence',
  'unauthorized',
  'garbage',
] as const satisfies readonly FaultKind[]

type CommonFault = Extract<FaultEffect, { readonly kind: (typeof modelFaultKinds)[number] }>

/** What can go wrong with one answer. Events are counted as the API sends them, keep-alive pings included. */
export type ModelFault =
  | CommonFault
  /** Refused with a status, with everything a provider may add. */
  | {
      readonly kind: 'refused'
      readonly status: number
      readonly message?: string
      readonly errorType?: string
      readonly code?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** The provider's own error event in the middle of a stream. */
  | {
      readonly kind: 'error-event'
      readonly afterEvents: number
      readonly errorType?: string
      readonly message?: string
    }
  /** Responses ends with `response.failed`; the other APIs, which have no such event, with their error event. */
  | { readonly kind: 'response-failed'; readonly message?: string }
  /** The socket closes in the middle of the body. */
  | { readonly kind: 'cut'; readonly afterEvents: number }
  /** The body ends cleanly and too soon: no terminal event. */
  | { readonly kind: 'end-early'; readonly afterEvents: number }
  /** The connection stays open and no further event comes. */
  | { readonly kind: 'stall'; readonly afterEvents: number }
  /** The input of every tool call is cut-off JSON. */
  | { readonly kind: 'malformed-tool-input' }

/** A step with its defaults filled in. */
export interface Answer {
  readonly text: string
  readonly thinking: string
  readonly tools: readonly Required<StepToolCall>[]
  readonly toolInput: (call: StepToolCall) => string
  readonly stopReason: StopReason
  readonly usage: Required<Usage>
  readonly pieces: (text: string) => readonly string[]
}

export function toAnswer(step: ModelStep, nextId: (prefix: string) => string): Answer {
  const tools = step.tools ?? []
  const chunkSize = step.chunkSize ?? 16
  return {
    text: step.text ?? '',
    thinking: step.thinking ?? '',
    tools: tools.map((call) => ({ ...call, callId: call.callId ?? nextId('call') })),
    toolInput:
      step.fault?.kind === 'malformed-tool-input'
        ? () => '{"city": "Ber'
        : ({ input }) => JSON.stringify(input),
    stopReason: step.stopReason ?? (tools.length > 0 ? 'tool-calls' : 'end'),
    usage: { inputTokens: 12, outputTokens: 7, cachedInputTokens: 0, ...step.usage },
    pieces: (text) => toPieces(text, chunkSize),
  }
}

function toPieces(text: string, size: number): readonly string[] {
  if (text === '') return []
  const characters = text.length <= size ? [text] : Array.from(text)
  if (characters.length === 1) return characters
  const pieces: string[] = []
  for (let start = 0; start < characters.length; start += size) {
    pieces.push(characters.slice(start, start + size).join(''))
  }
  return pieces
}
