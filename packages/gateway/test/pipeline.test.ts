import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHouse, type House } from './house.ts'

const accounts = ['red', 'green', 'blue', 'grey'] as const
const CHATS_PER_ACCOUNT = 50
const MESSAGES_PER_CHAT = 5

const chatsOf = (account: number): readonly number[] =>
  Array.from({ length: CHATS_PER_ACCOUNT }, (_, index) => 10_000 * (account + 1) + index)

describe('200 chats with 4 accounts of 4 agents, updates repeated and out of order', () => {
  let house: House

  beforeAll(async () => {
    house = await openHouse({
      accounts,
      agents: accounts.map((id) => ({ id: `agent-${id}` })),
      bindings: accounts.map((accountId) => ({
        agentId: `agent-${accountId}`,
        match: { channel: 'telegram', accountId },
      })),
    })
    // The answer says which agent was asked and everything that it was ever told in this session.
    house.models.respond(({ system, body }) => {
      const agent = /agent id: ([a-z-]+)/.exec(system ?? '')?.[1]
      const told = JSON.stringify(body).match(/chat \d+ message \d+/g) ?? []
      return { text: `${agent}: ${told.join(', ')}` }
    })
    for (const accountId of accounts) {
      const { faults } = house.telegram.bot(house.tokenOf(accountId))
      faults.add(
        { on: 'getUpdates', kind: 'duplicate', times: 8 },
        { on: 'getUpdates', kind: 'reorder', times: 8 },
      )
    }
    for (let message = 1; message <= MESSAGES_PER_CHAT; message += 1)
      for (const [index, accountId] of accounts.entries())
        for (const chat of chatsOf(index))
          house.telegram
            .bot(house.tokenOf(accountId))
            .say({ chat, text: `chat ${chat} message ${message}` })

    const expected = accounts.length * CHATS_PER_ACCOUNT * MESSAGES_PER_CHAT
    const sent = (): number =>
      accounts.reduce(
        (sum, id) => sum + house.telegram.bot(house.tokenOf(id)).countCalls('sendMessage'),
        0,
      )
    await house.telegram.waitFor(() => sent() >= expected, { timeoutMs: 60_000 })
    // Time for anything that should not come.
    await house.gateway.stop()
  }, 90_000)
  afterAll(() => house.close())

  const answersIn = (accountId: string, chat: number): readonly string[] =>
    house.telegram
      .bot(house.tokenOf(accountId))
      .messages(chat)
      .filter(({ message }) => message.from?.is_bot === true)
      .map(({ text }) => text)

  it('answers every message once, by the right agent, in the order of its chat', () => {
    for (const [index, accountId] of accounts.entries())
      for (const chat of chatsOf(index)) {
        const wanted = Array.from({ length: MESSAGES_PER_CHAT }, (_, message) =>
          expect.stringMatching(
            new RegExp(`^agent-${accountId}: .*chat ${chat} message ${message + 1}$`),
          ),
        )
        expect(answersIn(accountId, chat)).toEqual(wanted)
      }
  })

  it('keeps the text of every other session out of each one', () => {
    for (const [index, accountId] of accounts.entries())
      for (const chat of chatsOf(index)) {
        const chats =
          answersIn(accountId, chat)
            .join()
            .match(/chat \d+/g) ?? []
        expect(new Set(chats)).toEqual(new Set([`chat ${chat}`]))
      }
  })

  it('keeps every agent’s rows in a database of its own', async () => {
    for (const [index, accountId] of accounts.entries()) {
      const sessions = await house.store.agent(`agent-${accountId}`).sessions()
      const peers = sessions.map(({ sessionKey }) => sessionKey.split(':').at(-1))
      expect(new Set(peers)).toEqual(new Set(chatsOf(index).map(String)))
    }
  })

  it('offers the platform no update again once it is stored', () => {
    for (const accountId of accounts)
      expect(house.telegram.bot(house.tokenOf(accountId)).waiting()).toEqual([])
  })
})
