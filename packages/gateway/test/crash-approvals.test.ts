import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCrashHouse, type CrashHouse } from './crash-house.ts'

describe('a gateway that is killed around a call that a person approves', () => {
  let house: CrashHouse
  beforeEach(async () => {
    house = await openCrashHouse()
    house.models.respond(({ lastUserText, toolResults: [result] }) => {
      if (result !== undefined) return { text: `answer: ${result.output.slice(0, 40)}` }
      const isCalled = lastUserText === 'hello' || lastUserText.includes('exactly this input')
      return isCalled
        ? { tools: [{ name: 'charge', input: {} }] }
        : { text: `answer to ${lastUserText}` }
    })
  })
  afterEach(() => house.close())

  const question = (): string | undefined =>
    house.answers().flatMap((text) => /\/approve (\w+)/.exec(text)?.[1] ?? [])[0]
  const approve = async (): Promise<void> => {
    await house.platform.waitFor(() => question() !== undefined, { timeoutMs: 20_000 })
    house.bot.say({ chat: 7, text: `/approve ${question()}` })
  }

  // What is written of an approval, in order: asked, question told, approved, word told, used.
  it.each(
    [1, 2, 3, 4, 5].flatMap((call) => [
      ['approvals:before', call] as const,
      ['approvals:after', call] as const,
    ]),
  )('runs it once for one word, and asks one question (%s, write %i)', async (crashAt, call) => {
    const tools = { requireApproval: ['charge'], approvers: { telegram: ['7'] } }
    const config = house.configWith({ tools })
    const child = house.spawn({ config, crashAt, call })
    house.bot.say({ chat: 7, text: 'hello' })
    if (call > 2) await approve()
    await house.ended(child)
    house.spawn({ config })
    if (call <= 2) await approve()
    await house.platform.waitFor(() => house.answers().includes('answer: charged'), {
      timeoutMs: 20_000,
    })
    await house.settled()
    expect(house.charges()).toBe(1)
    expect(house.answers().filter((text) => text.includes('/approve'))).toHaveLength(1)
  })
})
