import { QUEUE_MODES, queueModeOf } from '../queue-mode.ts'
import type { ChatCommand } from './command.ts'

const modes = QUEUE_MODES.map((mode) => `\`${mode}\``).join(', ')

export const queue: ChatCommand = {
  name: 'queue',
  description: 'Show or set what becomes of messages while I am busy',
  argument: '[mode]',
  when: 'at once',
  access: (argument) => (argument === '' ? 'anyone' : 'listed'),
  async prepare({ argument, agent, route, envelope, snapshot }) {
    const session = await agent.session(route.sessionKey)
    const inForce = (chosen: typeof session): string =>
      queueModeOf(snapshot.config, envelope.channel, chosen)
    if (argument === '') {
      const from = session?.settings['queue'] === undefined ? 'the config' : 'this conversation'
      return ({ messages }) => ({
        text: `Messages that come while I am busy: \`${inForce(session)}\` (set by ${from}). ${waitingText(messages.length)}\nModes: ${modes}, or \`default\` for the config's own.`,
      })
    }
    if (argument === 'default')
      return () => ({
        text: `From now on the config decides: \`${inForce(undefined)}\`.`,
        session: { settings: { queue: null } },
      })
    if (!QUEUE_MODES.some((mode) => mode === argument))
      return () => ({ text: `There is no mode \`${argument}\`. Modes: ${modes}, or \`default\`.` })
    return () => ({
      text: `From now on, in this conversation: \`${argument}\`.`,
      session: { settings: { queue: argument } },
    })
  },
}

function waitingText(unfinished: number): string {
  if (unfinished === 0) return 'Nothing waits.'
  return unfinished === 1 ? '1 message is unanswered.' : `${unfinished} messages are unanswered.`
}
