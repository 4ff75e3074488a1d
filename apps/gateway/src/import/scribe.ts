import type { JsonValue, PastConversation } from '@junctor/store'

export type PastMessage = PastConversation['messages'][number]

/** Aliases and no interfaces, so that they are JSON for the compiler, too. */
export type SaidPart =
  | { readonly type: 'text' | 'thinking'; readonly text: string }
  | {
      readonly type: 'tool-call'
      readonly callId: string
      readonly name: string
      readonly input: JsonValue
    }

export interface ToolAnswer {
  readonly callId: string
  readonly status: 'ok' | 'error'
  readonly output: string
}

/**
 * Writes messages down as every provider takes them: behind a message that calls tools stands one with a result for each of its
 * calls, and no result without its call.
 */
export interface Scribe {
  say(role: 'user' | 'assistant', parts: readonly SaidPart[], at: number): void
  /** False when nothing waits for this answer. */
  answer(answer: ToolAnswer, at: number): boolean
  /** How many messages there are, with the results that are still awaited. */
  count(): number
  end(): readonly PastMessage[]
}

interface Call {
  /** As theirs has it. */
  readonly theirId: string
  readonly callId: string
  readonly name: string
  result?: JsonValue
}

export function createScribe(): Scribe {
  const messages: PastMessage[] = []
  const used = new Set<string>()
  let open: { readonly calls: readonly Call[]; at: number } | undefined

  const close = (): void => {
    if (open === undefined) return
    const { calls, at } = open
    open = undefined
    const parts = calls.map(({ callId, name, result }) => result ?? lost(callId, name))
    messages.push({ role: 'tool', parts, at })
  }

  /** Ids that a provider refuses, or has seen before, get another one. */
  const freshId = (theirId: string): string => {
    const base = theirId.replaceAll(/[^\w-]/g, '_').slice(0, 56) || 'call'
    let callId = base
    for (let count = 2; used.has(callId); count += 1) callId = `${base}_${count}`
    used.add(callId)
    return callId
  }

  return {
    say(role, given, at) {
      close()
      const calls: Call[] = []
      const parts = given.map((part) => {
        if (part.type !== 'tool-call') return part
        const callId = freshId(part.callId)
        calls.push({ theirId: part.callId, callId, name: part.name })
        return { ...part, callId }
      })
      messages.push({ role, parts, at })
      if (calls.length > 0) open = { calls, at }
    },
    answer({ callId: theirId, status, output }, at) {
      const call = open?.calls.find((each) => each.theirId === theirId && each.result === undefined)
      if (open === undefined || call === undefined) return false
      const { callId, name } = call
      call.result = { type: 'tool-result', callId, name, status, output }
      open.at = at
      return true
    },
    count: () => messages.length + (open === undefined ? 0 : 1),
    end() {
      close()
      return messages
    },
  }
}

function lost(callId: string, name: string): JsonValue {
  const output = 'The transcript that this was read from has no result of this call.'
  return { type: 'tool-result', callId, name, status: 'unknown', output }
}
