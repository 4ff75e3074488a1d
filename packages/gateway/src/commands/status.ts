import { queueModeOf } from '../queue-mode.ts'
import { sessionModel } from '../session-model.ts'
import type { ChatCommand } from './command.ts'

export const status: ChatCommand = {
  name: 'status',
  description: 'Show agent, model, conversation and queue',
  when: 'at once',
  access: () => 'anyone',
  async prepare({ agent, route, envelope, snapshot, prepared }) {
    const session = await agent.session(route.sessionKey)
    const { config } = snapshot
    const { id, name, model } = prepared.agent
    const chosen = sessionModel(config, prepared, session).model
    const mode = queueModeOf(config, envelope.channel, session)
    return ({ messages }) => {
      const running = messages.filter(({ state }) => state === 'claimed').length
      const waiting = messages.length - running
      return {
        text: [
          `Agent: ${name} (\`${id}\`)`,
          `Model: \`${chosen ?? model}\`${chosen === undefined ? '' : ', set for this conversation'}`,
          session === undefined
            ? 'Conversation: not begun'
            : `Conversation: \`${session.sessionId}\`, ${session.turns} answered, ${session.inputTokens} tokens in, ${session.outputTokens} out`,
          `Queue: \`${mode}\`, ${running === 0 ? 'nothing is being answered' : `${running} being answered`}, ${waiting} waiting`,
        ].join('\n'),
      }
    }
  },
}
