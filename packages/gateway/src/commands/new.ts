import { newSessionId } from '../session-reset.ts'
import type { ChatCommand } from './command.ts'

export const fresh = begin('new')
export const reset = begin('reset')

/** Two names for one thing: people bring both. */
function begin(name: string): ChatCommand {
  return {
    name,
    description: 'Begin a new conversation',
    when: 'in turn',
    access: () => 'listed in rooms',
    prepare: () => () => ({
      text: 'A new conversation begins. I no longer see what was said before.',
      session: { sessionId: newSessionId() },
    }),
  }
}
