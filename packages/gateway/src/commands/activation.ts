import { requiresMention } from '../rooms/asked.ts'
import { activationOf, ACTIVATIONS, type Activation } from '../rooms/activation.ts'
import type { ChatCommand } from './command.ts'

const choices =
  '`mention` (what calls me), `always` (everything), or `default` for the config’s own'

export const activation: ChatCommand = {
  name: 'activation',
  description: 'Show or set what I answer in this room',
  argument: '[mention|always]',
  when: 'at once',
  access: (argument) => (argument === '' ? 'anyone' : 'listed'),
  async prepare({ argument, agent, route, envelope, snapshot }) {
    if (envelope.peer.kind === 'dm')
      return () => ({ text: 'In a direct conversation I answer everything.' })
    const inForce = (chosen: Activation | undefined): Activation =>
      chosen ?? (requiresMention(snapshot, envelope) ? 'mention' : 'always')
    if (argument === '') {
      const chosen = activationOf(await agent.session(route.sessionKey))
      const from = chosen === undefined ? 'the config' : 'this conversation'
      return () => ({
        text: `In this room I answer: \`${inForce(chosen)}\` (set by ${from}).\nChoices: ${choices}.`,
      })
    }
    if (argument === 'default')
      return () => ({
        text: `From now on the config decides: \`${inForce(undefined)}\`.`,
        session: { settings: { activation: null } },
      })
    if (!ACTIVATIONS.some((choice) => choice === argument))
      return () => ({ text: `There is no activation \`${argument}\`. Choices: ${choices}.` })
    return () => ({
      text: `From now on, in this room: \`${argument}\`.`,
      session: { settings: { activation: argument } },
    })
  },
}
