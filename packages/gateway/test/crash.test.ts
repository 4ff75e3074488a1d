import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openSqliteStore } from '@junctor/store-sqlite'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import {
  createTelegramServer,
  type TelegramBot,
  type TelegramServer,
} from '@junctor/testkit/telegram'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CrashOptions } from './crashing-gateway.ts'

const token = '1000:fake-token'
const script = fileURLToPath(new URL('crashing-gateway.ts', import.meta.url))

describe('a gateway process that is killed', () => {
  let stateDir: string
  let platform: TelegramServer
  let models: ModelServer
  let bot: TelegramBot
  let children: ChildProcess[]
  let charges: number

  beforeEach(async () => {
    stateDir = await mkdtemp(join(tmpdir(), 'junctor-crash-'))
    platform = await createTelegramServer({ bots: [{ token, username: 'crash_bot' }] })
    models = await createModelServer()
    models.respond(({ lastUserText }) => ({ text: `answer to ${lastUserText}` }))
    bot = platform.bot(token)
    children = []
    charges = 0
  })
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL')
    await Promise.all([platform.stop(), models.close()])
    await rm(stateDir, { recursive: true, force: true })
  })

  const configWith = (more: object = {}): object => ({
    agents: { list: [{ id: 'main', model: 'anthropic/claude-test' }] },
    session: { dmScope: 'per-peer' },
    channels: {
      telegram: { dmPolicy: 'open', botToken: token, apiRoot: platform.url },
    },
    models: {
      providers: { anthropic: { baseUrl: models.baseUrl('anthropic'), apiKey: 'fake-key' } },
    },
    ...more,
  })

  const spawn = (options: Partial<CrashOptions> = {}): ChildProcess => {
    const child = fork(script, [JSON.stringify({ stateDir, config: configWith(), ...options })], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    child.on('message', (message) => {
      if (typeof message === 'object' && 'charged' in message) charges += 1
    })
    children.push(child)
    return child
  }
  const ended = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    expect(child.signalCode).toBe('SIGKILL')
  }
  const answers = (): readonly string[] =>
    bot
      .messages(7)
      .filter(({ message }) => message.from?.is_bot === true)
      .map(({ text }) => text)

  /** A second message, answered, shows that nothing of the first is still to come. */
  const settled = async (): Promise<void> => {
    bot.say({ chat: 7, text: 'last' })
    await platform.waitFor(() => answers().includes('answer to last'), { timeoutMs: 20_000 })
  }

  it.each([
    ['before it has accepted a message', 'accept:before'],
    ['after it has accepted a message, before the platform is told', 'accept:after'],
    ['before a turn commits', 'commit:before'],
    ['after a turn has committed, before the answer is sent', 'commit:after'],
  ] as const)('%s answers it once after the restart', async (_name, crashAt) => {
    const child = spawn({ crashAt })
    bot.say({ chat: 7, text: 'hello' })
    await ended(child)
    spawn()
    await settled()
    expect(answers()).toEqual(['answer to hello', 'answer to last'])
  })

  it('during the model call runs the turn again', async () => {
    models.reply({ text: 'never seen', fault: { kind: 'stall', afterEvents: 2 } })
    const child = spawn()
    bot.say({ chat: 7, text: 'hello' })
    await models.waitFor(({ lastUserText }) => lastUserText === 'hello')
    child.kill('SIGKILL')
    await ended(child)
    spawn()
    await settled()
    expect(answers()).toEqual(['answer to hello', 'answer to last'])
  })

  it('during a tool that must not run twice tells the model that its outcome is unknown', async () => {
    models.reply({ tools: [{ name: 'charge', input: {} }] })
    const child = spawn({ crashAt: 'tool' })
    bot.say({ chat: 7, text: 'hello' })
    await ended(child)
    models.respond(({ lastUserText, toolResults }) => ({
      text: `answer to ${lastUserText}${toolResults.length === 0 ? '' : ', charge unknown'}`,
    }))
    spawn()
    await platform.waitFor(() => answers().length === 1, { timeoutMs: 20_000 })
    expect(answers()).toEqual(['answer to hello, charge unknown'])
    expect(charges).toBe(1)
    const again = models.requests.at(-1)
    expect(again?.toolResults).toHaveLength(1)
    expect(again?.toolResults[0]?.output).toMatch(/not repeated/)
  })

  it('after the platform took the answer, before that was noted, sends it again and counts it', async () => {
    const child = spawn({ crashAt: 'settleDelivery:before' })
    bot.say({ chat: 7, text: 'hello' })
    await ended(child)
    expect(answers()).toEqual(['answer to hello'])
    const next = spawn()
    await settled()
    expect(answers()).toEqual(['answer to hello', 'answer to hello', 'answer to last'])
    next.kill('SIGKILL')
    await ended(next)
    expect(await unknownDeliveries()).toBe(1)
  })

  it('and whose policy is "hold" leaves an answer in doubt to a person, and goes on', async () => {
    const config = configWith({ delivery: { unknown: 'hold' } })
    const child = spawn({ config, crashAt: 'settleDelivery:before' })
    bot.say({ chat: 7, text: 'hello' })
    await ended(child)
    const next = spawn({ config })
    await settled()
    expect(answers()).toEqual(['answer to hello', 'answer to last'])
    next.kill('SIGKILL')
    await ended(next)
    expect(await unknownDeliveries()).toBe(1)
  })

  it('while an answer was being shown as it was written finishes that message', async () => {
    const slow = { text: 'one two three four five six', chunkSize: 4, chunkDelayMs: 400 }
    models.reply(slow)
    // The second note of a draft holds its native id: the message stands on the platform.
    const child = spawn({ crashAt: 'draft:after', call: 2 })
    bot.say({ chat: 7, text: 'hello' })
    await ended(child)
    expect(answers()).toHaveLength(1)
    spawn()
    await settled()
    expect(answers()).toEqual(['answer to hello', 'answer to last'])
  })

  it('after the platform took the first piece of an answer, before that was noted, counts it', async () => {
    models.reply({ text: 'one two three four five six', chunkSize: 4, chunkDelayMs: 400 })
    // The second note of a draft would hold its native id.
    const child = spawn({ crashAt: 'draft:before', call: 2 })
    bot.say({ chat: 7, text: 'hello' })
    await ended(child)
    const [piece = ''] = answers()
    const next = spawn()
    await settled()
    expect(answers()).toEqual([piece, 'answer to hello', 'answer to last'])
    next.kill('SIGKILL')
    await ended(next)
    expect(await unknownDeliveries()).toBe(1)
  })

  const queueOf = (mode: string, more: object = {}): object =>
    configWith({ messages: { queue: { mode, ...more } } })
  const isStored = (): Promise<void> =>
    platform.waitFor(() => bot.waiting().length === 0, { timeoutMs: 20_000 })
  /** The texts of each turn, in order. */
  const turns = async (): Promise<readonly (readonly string[])[]> => {
    const store = openSqliteStore({ stateDir, mode: 'read-only' })
    try {
      const agent = store.agent('main')
      const entries = await agent.conversation(
        { channel: 'telegram', accountId: 'default', peer: { kind: 'dm', id: '7' } },
        { limit: 100 },
      )
      const texts = new Map<string, string[]>()
      for (const entry of entries) {
        if (entry.type === 'out') continue
        const { turnId = 'none', body } = entry.message
        const { text } = body as { readonly text: string }
        texts.set(turnId, [...(texts.get(turnId) ?? []), text])
      }
      return [...texts.values()]
    } finally {
      await store.close()
    }
  }
  const untilAnswered = (text: string): Promise<void> =>
    platform.waitFor(() => answers().includes(text), { timeoutMs: 20_000 })
  const stop = async (child: ChildProcess): Promise<void> => {
    child.kill('SIGKILL')
    await ended(child)
  }

  it.each([
    ['extend:before', 2],
    ['extend:after', 2],
    ['commit:before', 1],
    ['commit:after', 1],
  ] as const)(
    'at %s of a turn that others were steered into answers all once',
    async (crashAt, call) => {
      models.reply({ tools: [{ name: 'charge', input: {} }] })
      models.respond(({ lastUserText }) => ({ text: `answer to ${lastUserText.slice(-4)}` }))
      const config = queueOf('steer')
      const child = spawn({ config, crashAt, call, waits: true })
      bot.say({ chat: 7, text: 'hello' })
      await expect.poll(() => charges, { timeout: 20_000 }).toBe(1)
      bot.say({ chat: 7, text: 'more' })
      await isStored()
      child.send('go')
      await ended(child)
      const next = spawn({ config })
      await untilAnswered('answer to more')
      await settled()
      expect(answers()).toEqual(['answer to more', 'answer to last'])
      expect(charges).toBe(1)
      await stop(next)
      expect(await turns()).toEqual([['hello', 'more'], ['last']])
    },
  )

  it.each([
    ['accept:after', 3],
    ['extend:after', 1],
    ['commit:before', 1],
    ['commit:after', 1],
  ] as const)('at %s of a turn that collects answers all once', async (crashAt, call) => {
    models.respond(({ lastUserText }) => ({ text: `answer to ${lastUserText.slice(-4)}` }))
    // The turn begins when three wait, and then at once.
    const config = queueOf('collect', { debounceMs: 60_000, cap: 3 })
    const child = spawn({ config, crashAt, call })
    for (const text of ['one', 'two', 'more']) bot.say({ chat: 7, text })
    await ended(child)
    const next = spawn({ config: queueOf('collect', { debounceMs: 0 }) })
    await untilAnswered('answer to more')
    await settled()
    expect(answers()).toEqual(['answer to more', 'answer to last'])
    await stop(next)
    expect(await turns()).toEqual([['one', 'two', 'more'], ['last']])
  })

  it.each([['release:before'], ['release:after'], ['commit:before'], ['commit:after']] as const)(
    'at %s of a turn that was interrupted answers all once',
    async (crashAt) => {
      models.reply({ text: 'never', fault: { kind: 'stall', afterEvents: 1 } })
      models.respond(({ lastUserText }) => ({ text: `answer to ${lastUserText.slice(-4)}` }))
      const config = queueOf('interrupt')
      const child = spawn({ config, crashAt })
      bot.say({ chat: 7, text: 'hello' })
      await models.waitFor(({ lastUserText }) => lastUserText === 'hello')
      bot.say({ chat: 7, text: 'more' })
      await ended(child)
      const next = spawn({ config })
      await untilAnswered('answer to more')
      await settled()
      expect(answers()).toEqual(['answer to more', 'answer to last'])
      await stop(next)
      expect(await turns()).toEqual([['hello', 'more'], ['last']])
    },
  )

  it.each([['answer:before'], ['answer:after']] as const)(
    'at %s of /stop has stopped once, and what was stopped does not come back',
    async (crashAt) => {
      models.respond(({ lastUserText }) =>
        lastUserText === 'hello'
          ? { text: 'never', fault: { kind: 'stall', afterEvents: 1 } }
          : { text: `answer to ${lastUserText}` },
      )
      const child = spawn({ crashAt })
      bot.say({ chat: 7, text: 'hello' })
      await models.waitFor(({ lastUserText }) => lastUserText === 'hello')
      bot.say({ chat: 7, text: '/stop' })
      await ended(child)
      spawn()
      await untilAnswered('⏹ Stopped. I gave up answering 1 message.')
      await settled()
      expect(answers()).toEqual(['⏹ Stopped. I gave up answering 1 message.', 'answer to last'])
    },
  )

  it.each([['accept:after'], ['commit:before'], ['commit:after']] as const)(
    'at %s of /new has begun one conversation',
    async (crashAt) => {
      const child = spawn({ crashAt, call: 2 })
      bot.say({ chat: 7, text: 'hello' })
      bot.say({ chat: 7, text: '/new' })
      await ended(child)
      spawn()
      await untilAnswered('A new conversation begins. I no longer see what was said before.')
      await settled()
      expect(answers()).toEqual([
        'answer to hello',
        'A new conversation begins. I no longer see what was said before.',
        'answer to last',
      ])
      expect(JSON.stringify(models.requests.at(-1)?.body)).not.toContain('hello')
    },
  )

  it('after it has refused a message in a full session tells so once', async () => {
    models.reply({ text: 'never', fault: { kind: 'stall', afterEvents: 1 } })
    const config = queueOf('queue', { cap: 1 })
    const child = spawn({ config, crashAt: 'accept:after', call: 3 })
    bot.say({ chat: 7, text: 'hello' })
    await models.waitFor(({ lastUserText }) => lastUserText === 'hello')
    bot.say({ chat: 7, text: 'more' })
    bot.say({ chat: 7, text: 'too many' })
    await ended(child)
    spawn({ config })
    await untilAnswered('answer to more')
    await settled()
    expect(answers().filter((text) => text.includes('did not take this message'))).toHaveLength(1)
    expect(answers().filter((text) => text.startsWith('answer'))).toEqual([
      'answer to hello',
      'answer to more',
      'answer to last',
    ])
  })

  it('by one message, over and over, gives that one up and answers the others', async () => {
    const others = [8, 9, 10]
    models.respond(({ lastUserText }) => ({
      text: `answer to ${lastUserText}`,
      // The others take longer than the process lives while the poison runs beside them.
      ...(lastUserText === 'poison' ? {} : { chunkSize: 4, chunkDelayMs: 300 }),
    }))
    bot.say({ chat: 7, text: 'poison' })
    for (const chat of others) bot.say({ chat, text: 'hello' })
    const answersIn = (chat: number): readonly string[] =>
      bot
        .messages(chat)
        .filter(({ message }) => message.from?.is_bot === true)
        .map(({ text }) => text)
    const isOver = (): boolean => [7, ...others].every((chat) => answersIn(chat).length > 0)
    let isUp = true
    for (let starts = 0; isUp && starts < 20; starts += 1) {
      const child = spawn({ poison: 'poison' })
      const exited = once(child, 'exit').then(() => true)
      const over = platform.waitFor(isOver, { timeoutMs: 20_000 }).then(() => false)
      isUp = await Promise.race([exited, over])
    }
    expect(answersIn(7)).toEqual([expect.stringContaining('I could not answer this message')])
    for (const chat of others) expect(answersIn(chat)).toEqual(['answer to hello'])
  }, 60_000)

  describe('with strangers at the door', () => {
    const pairing = (): Partial<CrashOptions> => ({
      config: configWith({
        channels: { telegram: { dmPolicy: 'pairing', botToken: token, apiRoot: platform.url } },
      }),
    })
    const codes = (): readonly string[] =>
      answers().flatMap((text) => /Pairing code: (\w+)/.exec(text)?.[1] ?? [])
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
      ['before a code is stored', 'pairing-requests:before', 1, 1],
      ['after a code is stored, before it is sent', 'pairing-requests:after', 1, 1],
      ['after a code was sent, before that was noted', 'pairing-requests:before', 2, 2],
    ] as const)('%s, gives one code that works', async (_name, crashAt, call, times) => {
      const child = spawn({ ...pairing(), crashAt, call })
      bot.say({ chat: 7, text: 'let me in' })
      await ended(child)
      const next = spawn(pairing())
      await platform.waitFor(() => codes().length === times, { timeoutMs: 20_000 })
      const [code = '', ...others] = new Set(codes())
      expect(others).toEqual([])
      await approve(next, code)
      await settled()
      expect(codes()).toHaveLength(times)
    })

    it.each([
      ['before an approval is stored, approves on the next try', 'pairing-approvals:before'],
      ['after an approval is stored, has let that person in', 'pairing-approvals:after'],
    ] as const)('%s', async (_name, crashAt) => {
      const child = spawn({ ...pairing(), crashAt })
      bot.say({ chat: 7, text: 'let me in' })
      await platform.waitFor(() => codes().length === 1, { timeoutMs: 20_000 })
      child.send({ approve: codes()[0] })
      await ended(child)
      const next = spawn(pairing())
      if (crashAt === 'pairing-approvals:before') await approve(next, codes()[0] ?? '')
      await settled()
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
    const config = configWith({
      agents: { list: ids.map((id) => ({ id, model: 'anthropic/claude-test' })) },
      broadcast: { strategy: 'sequential', groups: { '-100': ids } },
      channels: {
        telegram: {
          groupPolicy: 'open',
          groups: { '*': { requireMention: false } },
          botToken: token,
          apiRoot: platform.url,
        },
      },
    })
    const asked: string[] = []
    models.respond(({ system, lastUserText }) => {
      const text = `${/agent id: (\w+)/.exec(system ?? '')?.[1]} to ${lastUserText.split(' ').at(-1)}`
      asked.push(text)
      return { text }
    })
    const said = (): readonly string[] =>
      bot
        .messages(-100)
        .filter(({ message }) => message.from?.is_bot === true)
        .map(({ text }) => text)
    const child = spawn({ config, crashAt, call })
    bot.say({ chat: -100, text: 'say one' })
    await ended(child)
    spawn({ config })
    for (const word of ['one', 'two']) {
      if (word === 'two') bot.say({ chat: -100, text: 'say two' })
      const all = ids.map((id) => `${id} to ${word}`)
      const shown = (): readonly string[] => said().filter((text) => all.includes(text))
      await platform.waitFor(() => all.every((text) => shown().includes(text)), {
        timeoutMs: 20_000,
      })
      // The turns follow each other; each agent's answers travel on their own. A turn that was cut off is asked once more.
      expect([...new Set(asked.filter((text) => all.includes(text)))]).toEqual(all)
      expect(shown().toSorted()).toEqual(all.toSorted())
    }
  })

  const unknownDeliveries = async (): Promise<number> => {
    const store = openSqliteStore({ stateDir, mode: 'read-only' })
    try {
      return (await store.agent('main').counts()).unknownDeliveries
    } finally {
      await store.close()
    }
  }
})
