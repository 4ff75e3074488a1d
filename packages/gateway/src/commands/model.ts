import { modelsFor, sessionModel } from '../session-model.ts'
import type { ChatCommand, CommandContext } from './command.ts'

export const model: ChatCommand = {
  name: 'model',
  description: 'Show or set the model of this conversation',
  argument: '[name]',
  when: 'at once',
  access: (argument) => (argument === '' ? 'anyone' : 'listed'),
  async prepare(context) {
    const { argument, agent, route, snapshot, prepared } = context
    const own = prepared.agent.model
    if (argument === '') {
      const chosen = sessionModel(snapshot.config, prepared, await agent.session(route.sessionKey))
      const current =
        chosen.model === undefined
          ? `\`${own}\`, the agent's own`
          : `\`${chosen.model}\`, set for this conversation`
      return () => ({ text: `The model is ${current}.\nThere are: ${choices(context)}.` })
    }
    if (argument === 'default')
      return () => ({
        text: `From the next message on: \`${own}\`, the agent's own.`,
        session: { settings: { model: null } },
      })
    const { aliases } = snapshot.config.models
    const id = Object.hasOwn(aliases, argument) ? (aliases[argument] ?? argument) : argument
    if (!modelsFor(snapshot.config, prepared).has(id))
      return () => ({
        text: `This agent has no model \`${argument}\`. There are: ${choices(context)}.`,
      })
    return () => ({
      text: `From the next message on: \`${id}\`.`,
      session: { settings: { model: id } },
    })
  },
}

function choices({ snapshot: { config }, prepared }: CommandContext): string {
  const names = [...modelsFor(config, prepared)].map((id) => {
    const aliases = Object.entries(config.models.aliases).filter(([, target]) => target === id)
    const also = aliases.map(([alias]) => `\`${alias}\``).join(', ')
    return also === '' ? `\`${id}\`` : `\`${id}\` (${also})`
  })
  return `${names.join(', ')}, or \`default\``
}
