import type { Explanation } from '../explanation.ts'
import { isSameAddress, parseCommand } from '../envelopes.ts'
import type { ChatCommand, CommandContext } from './command.ts'

const RECENT = 50

export const why: ChatCommand = {
  name: 'why',
  description: 'Tell the story of the last message, or of one by its id',
  argument: '[id]',
  when: 'at once',
  access: () => 'anyone',
  async prepare(context) {
    const { argument } = context
    const id = argument === '' ? await lastMessage(context) : argument
    const stories = id === undefined ? [] : await storiesOf(context, id)
    if (stories.length === 0)
      return () => ({
        text:
          argument === ''
            ? 'There is no earlier message in this conversation.'
            : `There is no message \`${argument}\` in this conversation.`,
      })
    return () => ({ text: stories.map((story) => textOf(story, context)).join('\n\n') })
  },
}

/** The newest message of this conversation that is no command. */
async function lastMessage({ agent, envelope }: CommandContext): Promise<string | undefined> {
  const entries = await agent.conversation(envelope, { limit: RECENT })
  const last = entries.findLast(
    (entry) => entry.type === 'in' && parseCommand(entry.message.trace) === undefined,
  )
  return last?.type === 'in' ? last.message.id : undefined
}

/** Never of another conversation: an id is no secret. */
async function storiesOf(
  { agent, envelope, explain }: CommandContext,
  id: string,
): Promise<readonly Explanation[]> {
  const found = (await agent.find(id)).map(({ message }) => message)
  const own = found.filter(({ reference }) => isSameAddress(reference, envelope))
  const stories = await Promise.all(own.map((message) => explain(message.id)))
  return stories.flat()
}

/** Causes are the operator's business: they are told to those who may change things. */
function textOf(
  { id, summary, outcome, steps }: Explanation,
  { isListed }: CommandContext,
): string {
  if (!isListed) return `\`${id}\`: ${outcome}.`
  return [`\`${id}\`: ${summary}`, ...steps.map(({ text }) => `- ${text}`)].join('\n')
}
