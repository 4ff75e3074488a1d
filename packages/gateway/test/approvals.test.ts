import type { JsonValue, Tool } from '@junctor/agent'
import { readAudit } from '@junctor/gateway'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { answersIn, storyOf, textOfStory, untilAnswers } from './conversation.ts'
import { openHouse, type House } from './house.ts'

let house: House
afterEach(() => house.close())

/** Inputs that the tool ran with. */
let ran: string[]
const pay: Tool = {
  name: 'pay',
  description: 'Pays somebody.',
  inputSchema: { type: 'object' },
  once: true,
  async run(input) {
    ran.push(JSON.stringify(input))
    return `paid ${JSON.stringify(input)}`
  },
}

/** A model that pays what people say, waits where it must, and does what an approval tells it. */
function follow(): void {
  house.models.respond(({ toolResults: [result], lastUserText }) => {
    if (result !== undefined) return { text: result.output.slice(0, 60) }
    const approved = /with exactly this input:\n\n(.*)$/s.exec(lastUserText)?.[1]
    if (approved !== undefined)
      return { tools: [{ name: 'pay', input: JSON.parse(approved) as JsonValue }] }
    const amount = /pay (\d+)/.exec(lastUserText)?.[1]
    if (amount === undefined) return { text: `read: ${lastUserText}` }
    return { tools: [{ name: 'pay', input: { amount: Number(amount), to: 'bob' } }] }
  })
}

const open = async (tools: object, options: object = {}, own: object = {}): Promise<void> => {
  ran = []
  house = await openHouse(
    {
      accounts: ['bot'],
      agents: [{ id: 'home', default: true, ...own }, { id: 'work' }],
      bindings: [
        { agentId: 'work', match: { channel: 'telegram', peer: { kind: 'dm', id: '9' } } },
      ],
      more: { tools },
    },
    { tools: [pay], sweepIntervalMs: 50, ...options },
  )
  follow()
}

const asks = { requireApproval: ['pay'], approvers: { telegram: ['8'] } }
const say = (chat: number, text: string): number =>
  house.telegram.bot(house.tokenOf('bot')).say({ chat, text }).message_id

/** The id that the newest question in a chat names. */
async function asked(chat = 7): Promise<string> {
  const id = (): string | undefined =>
    answersIn(house, 'bot', chat)
      .flatMap((text) => /\/approve (\w+)/.exec(text)?.[1] ?? [])
      .at(-1)
  await house.telegram.waitFor(() => id() !== undefined, { timeoutMs: 20_000 })
  return id() ?? ''
}

const until = (chat: number, text: string): Promise<unknown> =>
  house.telegram.waitFor(() => answersIn(house, 'bot', chat).some((one) => one.includes(text)), {
    timeoutMs: 20_000,
  })

describe('a call that a person has to approve', () => {
  it('is asked about where the message came from, and runs once when an approver says so', async () => {
    await open(asks)
    const message = say(7, 'pay 5')
    const id = await asked()
    const question = answersIn(house, 'bot', 7).find((text) => text.includes('/approve'))
    expect(question).toContain('"amount": 5')
    await until(7, 'Not run yet: the call waits for approval')
    expect(ran).toEqual([])

    // Whoever may chat may not approve.
    say(7, `/approve ${id}`)
    await until(7, '7 is not in tools.approvers.telegram')
    // The same question is not asked twice.
    say(7, 'pay 5')
    await untilAnswers(house, 'bot', 7, 4)
    expect((await house.gateway.approvals.list()).map(({ state }) => state)).toEqual(['pending'])

    say(8, `/approve ${id}`)
    await until(8, 'The call of pay by agent home is approved.')
    await until(7, 'paid {"amount":5,"to":"bob"}')
    expect(ran).toEqual(['{"amount":5,"to":"bob"}'])
    expect(textOfStory(await storyOf(house, message))).toContain(
      `It called the tool pay: denied (tools.requireApproval "pay" waits for approval ${id}).`,
    )
    const [approval] = await house.gateway.approvals.list()
    expect(approval).toMatchObject({
      state: 'used',
      answeredBy: { channel: 'telegram', senderId: '8' },
    })

    const decisions = await readAudit(house.store, 'home', { limit: 50 })
    expect(decisions.map(({ decision, rule }) => `${decision}: ${rule}`)).toEqual([
      `approval asked: approval ${id}`,
      `denied: tools.requireApproval "pay" waits for approval ${id}`,
      `denied: tools.requireApproval "pay" waits for approval ${id}`,
      `approval given: approval ${id} by 8 on telegram`,
      `approval used: approval ${id} by 8 on telegram`,
    ])

    // It was good for one call.
    say(8, `/approve ${id}`)
    await until(8, 'is over: it was used by 8 on telegram')
    say(7, 'pay 5')
    await house.telegram.waitFor(
      () => answersIn(house, 'bot', 7).filter((text) => text.includes('/approve')).length === 2,
    )
    expect(ran).toHaveLength(1)
  })

  it('covers no other input, session or agent', async () => {
    await open({ ...asks, approvers: { telegram: ['*'] } })
    say(7, 'pay 5')
    const id = await asked()
    // The model is talked into paying more with the word that it has.
    house.models.respond(({ toolResults: [result], lastUserText }) => {
      if (result !== undefined) return { text: result.output.slice(0, 60) }
      if (lastUserText.includes('approved the call'))
        return { tools: [{ name: 'pay', input: { to: 'bob', amount: 500 } }] }
      return { tools: [{ name: 'pay', input: { to: 'bob', amount: 5 } }] }
    })
    await house.gateway.approvals.answer(id, 'approved', { channel: 'telegram', senderId: '8' })
    await house.telegram.waitFor(() =>
      answersIn(house, 'bot', 7).some((text) => text.includes('"amount": 500')),
    )
    say(10, 'the same from another session')
    await asked(10)
    say(9, 'the same from another agent')
    await asked(9)
    expect(ran).toEqual([])
    // The order of keys makes no difference, and the word still holds.
    say(7, 'now')
    await until(7, 'paid {"to":"bob","amount":5}')
    expect(ran).toEqual(['{"to":"bob","amount":5}'])
  })

  it('is not made when it is denied, and the agent is told why', async () => {
    await open(asks)
    say(7, 'pay 5')
    say(8, `/deny ${await asked()} too much`)
    await until(7, '8 on telegram denied the call of pay')
    expect(answersIn(house, 'bot', 7).join('\n')).toContain('too much')
    say(7, 'pay 5')
    await until(7, 'Not run: 8 on telegram denied this very call')
    expect(ran).toEqual([])
  })

  it('is denied with the setting where nobody is named', async () => {
    await open({ requireApproval: ['p*'] })
    say(7, 'pay 5')
    await until(7, 'Not run: tools.requireApproval "p*" asks for a person\'s')
    expect(await house.gateway.approvals.list()).toEqual([])
    expect(ran).toEqual([])
  })

  it("goes to the agent's own approvers in place of those of all", async () => {
    await open(
      { approvers: { telegram: ['8'] } },
      {},
      {
        permissions: { requireApproval: ['pay'] },
        tools: { approvers: { telegram: ['11'] } },
      },
    )
    say(7, 'pay 5')
    const id = await asked()
    const answer = (senderId: string) =>
      house.gateway.approvals.answer(id, 'approved', { channel: 'telegram', senderId })
    await expect(answer('8')).rejects.toMatchObject({
      code: 'NOT_AN_APPROVER',
      message: expect.stringContaining('agents.home.tools.approvers.telegram'),
    })
    await answer('11')
    await until(7, 'paid')
  })

  it('expires, and whoever asked is told', async () => {
    let clock = Date.parse('2026-03-01T10:00:00Z')
    await open({ ...asks, approvalMinutes: 5 }, { now: () => clock })
    say(7, 'pay 5')
    const id = await asked()
    clock += 5 * 60_000
    await until(7, `Nobody answered approval ${id} in time`)
    say(8, `/approve ${id}`)
    await until(8, 'is over')
    expect(ran).toEqual([])
  })

  it('waits over a restart', async () => {
    await open(asks)
    say(7, 'pay 5')
    const id = await asked()
    await house.restart()
    say(8, `/approve ${id}`)
    await until(7, 'paid')
    await vi.waitFor(async () => {
      expect((await house.gateway.approvals.list())[0]).toMatchObject({ state: 'used' })
    })
    expect(ran).toHaveLength(1)
  })
})
