import type { ChildProcess } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCrashHouse, type CrashHouse } from './crash-house.ts'
import type { CrashOptions } from './crashing-gateway.ts'

describe('a gateway process that is killed with others at the door or in the room', () => {
  let house: CrashHouse

  beforeEach(async () => {
    house = await openCrashHouse()
  })
  afterEach(() => house.close())

  describe('with strangers at the door', () => {
    const pairing = (): Partial<CrashOptions> => ({
      config: house.configWith({
        channels: {
          telegram: { dmPolicy: 'pairing', botToken: house.token, apiRoot: house.platform.url },
        },
      }),
    })
    const codes = (): readonly string[] =>
      house.answers().flatMap((text) => /Pairing code: (\w+)/.exec(text)?.[1] ?? [])
    const approve = async (child: ChildProcess, code: string): Promise<void> => {
      const approved = new Promise((resolve) =>
        child.on('message', (message) => {
          if (typeof message === 'object' && 'approved' in message) resolve(true)
        }),
      )
      child.send({ approve: code })
      await approved
    }

    it.each([
      ['before a code is stored', 'pairing-pages:before', 1, 1],
      ['after a code is stored, before it is sent', 'pairing-pages:after', 1, 1],
      ['after a code was sent, before that was noted', 'pairing-pages:before', 2, 2],
    ] as const)('%s, gives one code that works', async (_name, crashAt, call, times) => {
      const child = house.spawn({ ...pairing(), crashAt, call })
      house.bot.say({ chat: 7, text: 'let me in' })
      await house.ended(child)
      const next = house.spawn(pairing())
      await house.platform.waitFor(() => codes().length === times, { timeoutMs: 20_000 })
      const [code = '', ...others] = new Set(codes())
      expect(others).toEqual([])
      await approve(next, code)
      await house.settled()
      expect(codes()).toHaveLength(times)
    })

    it.each([
      ['before an approval is stored, approves on the next try', 'pairing-approvals:before'],
      ['after an approval is stored, has let that person in', 'pairing-approvals:after'],
    ] as const)('%s', async (_name, crashAt) => {
      const child = house.spawn({ ...pairing(), crashAt })
      house.bot.say({ chat: 7, text: 'let me in' })
      await house.platform.waitFor(() => codes().length === 1, { timeoutMs: 20_000 })
      child.send({ approve: codes()[0] })
      await house.ended(child)
      const next = house.spawn(pairing())
      if (crashAt === 'pairing-approvals:before') await approve(next, codes()[0] ?? '')
      await house.settled()
      // What was not noted as sent may be sent again; it is the same code.
      expect(new Set(codes()).size).toBe(1)
    })
  })

  it.each([
    ['before a broadcast in sequence is stored', 'sequences:before', 1],
    ['after it is stored, before an agent has the message', 'sequences:after', 1],
    ['after its first agent has ended, before the next has the message', 'commit:after', 1],
    ['while its second agent ends', 'commit:before', 2],
    ['after its last agent has ended', 'commit:after', 3],
  ] as const)('%s, has every agent answer once and in order', async (_name, crashAt, call) => {
    const ids = ['main', 'second', 'third']
    const config = house.configWith({
      agents: { list: ids.map((id) => ({ id, model: 'anthropic/claude-test' })) },
      broadcast: { strategy: 'sequential', groups: { '-100': ids } },
      channels: {
        telegram: {
          groupPolicy: 'open',
          groups: { '*': { requireMention: false } },
          botToken: house.token,
          apiRoot: house.platform.url,
        },
      },
    })
    const asked: string[] = []
    house.models.respond(({ system, lastUserText }) => {
      const text = `${/agent id: (\w+)/.exec(system ?? '')?.[1]} to ${lastUserText.split(' ').at(-1)}`
      asked.push(text)
      return { text }
    })
    const said = (): readonly string[] =>
      house.bot
        .messages(-100)
        .filter(({ message }) => message.from?.is_bot === true)
        .map(({ text }) => text)
    const child = house.spawn({ config, crashAt, call })
    house.bot.say({ chat: -100, text: 'say one' })
    await house.ended(child)
    house.spawn({ config })
    for (const word of ['one', 'two']) {
      if (word === 'two') house.bot.say({ chat: -100, text: 'say two' })
      const all = ids.map((id) => `${id} to ${word}`)
      const shown = (): readonly string[] => said().filter((text) => all.includes(text))
      await house.platform.waitFor(() => all.every((text) => shown().includes(text)), {
        timeoutMs: 20_000,
      })
      // The turns follow each other; each agent's answers travel on their own. A turn that was cut off is asked once more.
      expect([...new Set(asked.filter((text) => all.includes(text)))]).toEqual(all)
      expect(shown().toSorted()).toEqual(all.toSorted())
    }
  })
})
