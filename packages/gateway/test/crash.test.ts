import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCrashHouse, type CrashHouse } from './crash-house.ts'

describe('a gateway process that is killed', () => {
  let house: CrashHouse

  beforeEach(async () => {
    house = await openCrashHouse()
  })
  afterEach(() => house.close())

  it.each([
    ['before it has accepted a message', 'accept:before'],
    ['after it has accepted a message, before the platform is told', 'accept:after'],
    ['before a turn commits', 'commit:before'],
    ['after a turn has committed, before the answer is sent', 'commit:after'],
  ] as const)('%s answers it once after the restart', async (_name, crashAt) => {
    const child = house.spawn({ crashAt })
    house.bot.say({ chat: 7, text: 'hello' })
    await house.ended(child)
    house.spawn()
    await house.settled()
    expect(house.answers()).toEqual(['answer to hello', 'answer to last'])
  })

  it('during the model call runs the turn again', async () => {
    house.models.reply({ text: 'never seen', fault: { kind: 'stall', afterEvents: 2 } })
    const child = house.spawn()
    house.bot.say({ chat: 7, text: 'hello' })
    await house.models.waitFor(({ lastUserText }) => lastUserText === 'hello')
    child.kill('SIGKILL')
    await house.ended(child)
    house.spawn()
    await house.settled()
    expect(house.answers()).toEqual(['answer to hello', 'answer to last'])
  })

  it('during a tool that must not run twice tells the model that its outcome is unknown', async () => {
    house.models.reply({ tools: [{ name: 'charge', input: {} }] })
    const child = house.spawn({ crashAt: 'tool' })
    house.bot.say({ chat: 7, text: 'hello' })
    await house.ended(child)
    house.models.respond(({ lastUserText, toolResults }) => ({
      text: `answer to ${lastUserText}${toolResults.length === 0 ? '' : ', charge unknown'}`,
    }))
    house.spawn()
    await house.platform.waitFor(() => house.answers().length === 1, { timeoutMs: 20_000 })
    expect(house.answers()).toEqual(['answer to hello, charge unknown'])
    expect(house.charges()).toBe(1)
    const again = house.models.requests.at(-1)
    expect(again?.toolResults).toHaveLength(1)
    expect(again?.toolResults[0]?.output).toMatch(/not repeated/)
  })

  it('after the platform took the answer, before that was noted, sends it again and counts it', async () => {
    const child = house.spawn({ crashAt: 'settleDelivery:before' })
    house.bot.say({ chat: 7, text: 'hello' })
    await house.ended(child)
    expect(house.answers()).toEqual(['answer to hello'])
    const next = house.spawn()
    await house.settled()
    expect(house.answers()).toEqual(['answer to hello', 'answer to hello', 'answer to last'])
    next.kill('SIGKILL')
    await house.ended(next)
    expect(await house.unknownDeliveries()).toBe(1)
  })

  it('and whose policy is "hold" leaves an answer in doubt to a person, and goes on', async () => {
    const config = house.configWith({ delivery: { unknown: 'hold' } })
    const child = house.spawn({ config, crashAt: 'settleDelivery:before' })
    house.bot.say({ chat: 7, text: 'hello' })
    await house.ended(child)
    const next = house.spawn({ config })
    await house.settled()
    expect(house.answers()).toEqual(['answer to hello', 'answer to last'])
    next.kill('SIGKILL')
    await house.ended(next)
    expect(await house.unknownDeliveries()).toBe(1)
  })

  it('while an answer was being shown as it was written finishes that message', async () => {
    const slow = { text: 'one two three four five six', chunkSize: 4, chunkDelayMs: 400 }
    house.models.reply(slow)
    // The second note of a draft holds its native id: the message stands on the house.platform.
    const child = house.spawn({ crashAt: 'draft:after', call: 2 })
    house.bot.say({ chat: 7, text: 'hello' })
    await house.ended(child)
    expect(house.answers()).toHaveLength(1)
    house.spawn()
    await house.settled()
    expect(house.answers()).toEqual(['answer to hello', 'answer to last'])
  })

  it('after the platform took the first piece of an answer, before that was noted, counts it', async () => {
    house.models.reply({ text: 'one two three four five six', chunkSize: 4, chunkDelayMs: 400 })
    // The second note of a draft would hold its native id.
    const child = house.spawn({ crashAt: 'draft:before', call: 2 })
    house.bot.say({ chat: 7, text: 'hello' })
    await house.ended(child)
    const [piece = ''] = house.answers()
    const next = house.spawn()
    await house.settled()
    expect(house.answers()).toEqual([piece, 'answer to hello', 'answer to last'])
    next.kill('SIGKILL')
    await house.ended(next)
    expect(await house.unknownDeliveries()).toBe(1)
  })

  it('by one message, over and over, gives that one up and answers the others', async () => {
    const others = [8, 9, 10]
    house.models.respond(({ lastUserText }) => ({
      text: `answer to ${lastUserText}`,
      // The others take longer than the process lives while the poison runs beside them.
      ...(lastUserText === 'poison' ? {} : { chunkSize: 4, chunkDelayMs: 300 }),
    }))
    house.bot.say({ chat: 7, text: 'poison' })
    for (const chat of others) house.bot.say({ chat, text: 'hello' })
    const answersIn = (chat: number): readonly string[] =>
      house.bot
        .messages(chat)
        .filter(({ message }) => message.from?.is_bot === true)
        .map(({ text }) => text)
    const isOver = (): boolean => [7, ...others].every((chat) => answersIn(chat).length > 0)
    let isUp = true
    for (let starts = 0; isUp && starts < 20; starts += 1) {
      const child = house.spawn({ poison: 'poison' })
      const exited = once(child, 'exit').then(() => true)
      const over = house.platform.waitFor(isOver, { timeoutMs: 20_000 }).then(() => false)
      isUp = await Promise.race([exited, over])
    }
    expect(answersIn(7)).toEqual([expect.stringContaining('I could not answer this message')])
    for (const chat of others) expect(answersIn(chat)).toEqual(['answer to hello'])
  }, 60_000)
})
