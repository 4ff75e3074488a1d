import type { Message, Model, Tool } from '@junctor/agent'
import type { TurnOptions } from '@junctor/runtime'
import { redact } from './log.ts'

/**
 * The same tool, whose results and errors have every known secret taken out: a command on the host could read where they
 * are kept. It is no wall (who encodes a secret gets it past this), but keys do not end up in a conversation by accident.
 */
export function withoutSecrets(tool: Tool, secrets: ReadonlySet<string>): Tool {
  return {
    ...tool,
    async run(input, context) {
      try {
        return redact(await tool.run(input, context), secrets)
      } catch (error) {
        if (error instanceof Error) error.message = redact(error.message, secrets)
        throw error
      }
    },
  }
}

/** The same turn, whose tools run where no secret is known. */
export function cleanedTurn(turn: TurnOptions, secrets: ReadonlySet<string>): TurnOptions {
  const { model, journal } = turn
  const cleaned: Model = {
    ...model,
    stream: (request, options) =>
      model.stream({ ...request, messages: cleanedMessages(request.messages, secrets) }, options),
  }
  if (journal === undefined) return { ...turn, model: cleaned }
  return {
    ...turn,
    model: cleaned,
    journal: ({ result, ...call }) =>
      journal(
        result === undefined
          ? call
          : { ...call, result: { ...result, output: redact(result.output, secrets) } },
      ),
  }
}

/** The results of tools without secrets; every other message as it is. */
export function cleanedMessages(
  messages: readonly Message[],
  secrets: ReadonlySet<string>,
): readonly Message[] {
  return messages.map((message) =>
    message.role === 'tool'
      ? {
          ...message,
          parts: message.parts.map((part) =>
            part.type === 'tool-result' ? { ...part, output: redact(part.output, secrets) } : part,
          ),
        }
      : message,
  )
}
