import { setTimeout as sleepFor } from 'node:timers/promises'
import { ModelError, type Message, type Model, type ModelRequest } from '@junctor/agent'

export interface DemoModelOptions {
  /** Pause between pieces, so that streaming can be seen. Default 15. */
  readonly pieceDelayMs?: number
}

const provider = 'demo'
const longestEcho = 500

/**
 * A model without key and network. It says which agent answers, which binding chose it and in which session, and repeats
 * what it was told: enough to see routing work. The same request gets the same answer.
 */
export function createDemoModel({ pieceDelayMs = 15 }: DemoModelOptions = {}): Model {
  return {
    spec: 'model-v1',
    id: `${provider}/junctor`,
    async *stream(request, { signal }) {
      const pieces = answer(request).match(/\S+\s*/g) ?? []
      for (const [index, text] of pieces.entries()) {
        if (index > 0 && pieceDelayMs > 0) {
          await sleepFor(pieceDelayMs, undefined, { signal }).catch(() => undefined)
        }
        if (signal.aborted) throw new ModelError(provider, 'ABORTED', 'The demo answer was aborted')
        yield { type: 'text', text }
      }
      const usage = { inputTokens: countWords(request.system), outputTokens: pieces.length }
      yield { type: 'done', stopReason: 'end', usage }
    },
  }
}

function answer({ context, messages }: ModelRequest): string {
  const { agentId, agentName = agentId, binding, tier, sessionKey } = context
  const who = agentName === agentId ? `"${agentId}"` : `${agentName} (agent "${agentId}")`
  const lines = [
    `[demo model] I am ${agentId === undefined ? 'an agent without a name' : who}.`,
    ...(binding === undefined
      ? []
      : [`Why me: ${binding}${tier === undefined ? '' : ` (tier: ${tier})`}.`]),
    ...(sessionKey === undefined ? [] : [`This session is ${sessionKey}.`]),
    `You said: ${lastUserText(messages)}`,
    'For real answers, set ANTHROPIC_API_KEY or OPENAI_API_KEY and restart.',
  ]
  return lines.join('\n')
}

function lastUserText(messages: readonly Message[]): string {
  const last = messages.findLast(({ role }) => role === 'user')
  const texts = last?.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])) ?? []
  const text = texts.join('\n').trim()
  if (text === '') return '(nothing)'
  return text.length > longestEcho ? `${text.slice(0, longestEcho)}…` : text
}

function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0
}
