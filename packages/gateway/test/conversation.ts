import { vi } from 'vitest'
import type { House } from './house.ts'

export type ExplanationOf = Awaited<ReturnType<House['gateway']['why']>>[number]

/** What the bot wrote in a chat, oldest first. */
export function answersIn(house: House, accountId: string, chat: number): readonly string[] {
  return house.telegram
    .bot(house.tokenOf(accountId))
    .messages(chat)
    .filter(({ message }) => message.from?.is_bot === true)
    .map(({ text }) => text)
}

/** Resolves when a chat shows that many answers. */
export async function untilAnswers(
  house: House,
  accountId: string,
  chat: number,
  count: number,
): Promise<readonly string[]> {
  await house.telegram.waitFor(() => answersIn(house, accountId, chat).length >= count, {
    timeoutMs: 20_000,
  })
  return answersIn(house, accountId, chat)
}

/** Resolves when the gateway has refused that many messages. */
export async function untilRefused(
  { gateway }: Pick<House, 'gateway'>,
  count: number,
): Promise<void> {
  const look = async (): Promise<void> => {
    const { refusals } = await gateway.status()
    if (refusals < count) throw new Error(`${refusals} messages were refused, not ${count}`)
  }
  await vi.waitFor(look, { timeout: 20_000, interval: 20 })
}

/** The one story of a message, by the platform's id. */
export async function storyOf(house: House, id: number | string): Promise<ExplanationOf> {
  const [story, ...others] = await house.gateway.why(String(id))
  if (story === undefined || others.length > 0)
    throw new Error(`${id} has ${others.length + (story === undefined ? 0 : 1)} stories`)
  return story
}

/** Everything that a story says, as one text. */
export function textOfStory({ summary, steps }: ExplanationOf): string {
  return [summary, ...steps.map(({ text }) => text)].join('\n')
}

/** Resolves when the last delivery of the chat has been written down as sent. */
export async function untilSettled(house: House, id: number | string): Promise<ExplanationOf> {
  const story = await storyOf(house, id)
  if (story.outcome !== 'delivering' && story.outcome !== 'working') return story
  await new Promise((resolve) => house.gateway.events.once('delivery:sent', resolve))
  return untilSettled(house, id)
}
