import type { Message } from '@junctor/agent'

/**
 * The newest messages, at most `limit`, as every provider takes them: the first is a user's, and no tool result is without
 * its call. When the newest exchange alone is longer, its question stays and the oldest of its tool rounds go.
 */
export function windowHistory(messages: readonly Message[], limit: number): readonly Message[] {
  const start = Math.max(0, messages.length - Math.max(0, limit))
  for (let index = start; index < messages.length; index += 1) {
    if (messages[index]?.role === 'user') return messages.slice(index)
  }
  const question = messages.findLast(({ role }) => role === 'user')
  if (question === undefined || limit < 1) return []
  let step = start + 1
  while (messages[step]?.role === 'tool') step += 1
  return [question, ...messages.slice(step)]
}
