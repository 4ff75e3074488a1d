import { describe, expect, it } from 'vitest'
import { roomAddress, callOptions, startDiscord, statesOf } from './account.ts'

describe('the connection', () => {
  it.each([4000, 4009, 1001, 1012])(
    'resumes after close code %i, with what came meanwhile',
    async (code) => {
      const { server, bot, room, open } = await startDiscord()
      const { event, texts } = await open()
      bot.close(code)
      await server.waitFor(() => !bot.isConnected())
      server.say({ channel: room, text: 'meanwhile' })
      await event(0)
      expect(texts()).toEqual(['meanwhile'])
    },
  )

  it.each([4007, 4008, 4003, 4005, 1000])(
    'begins a new session after close code %i, and reads what it missed',
    async (code) => {
      const { server, bot, room, open } = await startDiscord()
      const { event, texts } = await open()
      server.say({ channel: room, text: 'before' })
      await event(0)
      server.say({ channel: room, text: 'unseen', unseen: true })
      bot.close(code)
      await event(1)
      expect(texts()).toEqual(['before', 'unseen'])
      expect(bot.identifies()).toBe(2)
    },
  )

  it('resumes when it is cut, at the event that was stored last', async () => {
    const { server, bot, room, open } = await startDiscord()
    const { event, texts, health } = await open()
    server.say({ channel: room, text: 'one' })
    await event(0)
    bot.drop()
    server.say({ channel: room, text: 'two' })
    await event(1)
    expect(texts()).toEqual(['one', 'two'])
    expect([bot.resumes(), bot.identifies()]).toEqual([1, 1])
    await expect.poll(() => health.at(-1)?.state, { timeout: 15_000 }).toBe('online')
    expect(statesOf({ health })).toContain('degraded')
  })

  it('hands over once what waits here and is replayed as well', async () => {
    const { server, bot, room, open } = await startDiscord()
    const stored = Promise.withResolvers<'accepted'>()
    const { event, texts } = await open({ receive: () => stored.promise })
    for (const text of ['one', 'two']) server.say({ channel: room, text })
    bot.drop()
    await server.waitFor(() => bot.resumes() === 1)
    server.say({ channel: room, text: 'three' })
    stored.resolve('accepted')
    await event(2)
    server.say({ channel: room, text: 'last' })
    await event(3)
    expect(texts()).toEqual(['one', 'two', 'three', 'last'])
  })

  it('resumes when it is told to reconnect', async () => {
    const { server, bot, room, open } = await startDiscord()
    const { event, health } = await open()
    bot.send({ op: 7, d: null })
    await server.waitFor(() => bot.resumes() === 1)
    server.say({ channel: room, text: 'after' })
    await event(0)
    await expect.poll(() => health.at(-1)?.state, { timeout: 15_000 }).toBe('online')
  })

  it('begins a new session when the old one is invalid, and resumes when it is not', async () => {
    const { server, bot, room, open } = await startDiscord()
    const { event, texts } = await open()
    bot.send({ op: 9, d: true })
    await server.waitFor(() => bot.resumes() === 1)
    server.say({ channel: room, text: 'unseen', unseen: true })
    bot.answerHandshakes({ invalidSession: false })
    bot.drop()
    await server.waitFor(() => bot.identifies() === 2)
    await event(0)
    expect(texts()).toEqual(['unseen'])
  })

  it('gets through an invalid session in answer to its first words', async () => {
    const { server, bot, room, open } = await startDiscord()
    bot.answerHandshakes({ invalidSession: false }, { close: 4000 })
    const { event } = await open()
    server.say({ channel: room, text: 'hi' })
    await event(0)
  })

  it('is given up when heartbeats stay unanswered', async () => {
    const { server, bot, room, open } = await startDiscord()
    const { event } = await open()
    bot.ignoreHeartbeats()
    await server.waitFor(() => bot.resumes() > 0)
    bot.ignoreHeartbeats(false)
    server.say({ channel: room, text: 'hi' })
    await event(0)
  })

  it('that is silent counts as broken before the next heartbeat would tell', async () => {
    const { server, room, open } = await startDiscord({ heartbeatIntervalMs: 60_000 })
    const { health, event } = await open({ timing: { silenceMs: 30 } })
    await expect.poll(() => health.at(-1)?.state, { timeout: 15_000 }).toBe('degraded')
    expect(JSON.stringify(health.at(-1))).toContain('nothing came from Discord')
    server.say({ channel: room, text: 'hi' })
    await event(0)
    expect(statesOf({ health }).filter((state) => state === 'online')).toHaveLength(2)
  })

  it('survives an outage of any length: nothing is lost and nothing doubled', async () => {
    const { server, bot, room, open } = await startDiscord()
    const { event, texts, health } = await open()
    server.say({ channel: room, text: 'before' })
    server.say({ channel: bot.directChannel(7), text: 'direct before' })
    await event(1)
    await server.stop()
    await expect.poll(() => health.at(-1)?.state, { timeout: 20_000 }).toBe('offline')
    // So long that no session is left.
    bot.forgetSessions()
    const thread = server.addThread({ parent: room })
    for (const text of ['one', 'two']) server.say({ channel: room, text })
    server.say({ channel: thread, text: 'in a thread' })
    server.say({ channel: bot.directChannel(7), text: 'direct' })
    await server.restart()
    await event(5)
    server.say({ channel: room, text: 'after' })
    await event(6)
    expect(texts().toSorted()).toEqual(
      ['before', 'direct before', 'one', 'two', 'in a thread', 'direct', 'after'].toSorted(),
    )
    await expect.poll(() => health.at(-1)?.state, { timeout: 15_000 }).toBe('online')
  })

  it('keeps the session over an outage, as long as Discord does', async () => {
    const { server, bot, room, open } = await startDiscord()
    const { event, texts, health } = await open()
    await server.stop()
    await expect.poll(() => health.at(-1)?.state, { timeout: 15_000 }).toBe('degraded')
    server.say({ channel: room, text: 'meanwhile' })
    await server.restart()
    await event(0)
    expect(texts()).toEqual(['meanwhile'])
    expect(bot.identifies()).toBe(1)
  })

  it('stops for good when the token is revoked, and asks for a login', async () => {
    const { server, bot, open } = await startDiscord()
    const { health } = await open()
    bot.revoke()
    await expect.poll(() => health.at(-1)?.state, { timeout: 15_000 }).toBe('needs-login')
    expect(JSON.stringify(health.at(-1))).toContain('`token`')
    const identifies = bot.identifies()
    for (let round = 0; round < 20; round += 1) await fetch(server.url)
    expect(bot.identifies()).toBe(identifies)
  })

  it.each([
    ['4014', { messageContent: false }, {}, 'Message Content Intent'],
    ['4013', {}, { intents: 2 ** 40 }, '`intents`'],
  ])('is refused by %s with what to do about it', async (_code, option, config, hint) => {
    const token = 'fake-token-of-the-bot'
    const { bot, open } = await startDiscord({ bots: [{ token, username: 'b', ...option }] })
    await expect(open({ config })).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
      message: expect.stringContaining(hint),
    })
    expect(bot.identifies()).toBe(1)
  })

  it('asks for the intents of the config', async () => {
    const { bot, open } = await startDiscord()
    await open({ config: { intents: (1 << 0) | (1 << 9) } })
    expect(bot.intents()).toBe((1 << 0) | (1 << 9))
  })

  it('waits while no session may be started, names a second process, and can send meanwhile', async () => {
    const { server, bot, room, open } = await startDiscord()
    bot.limitSessionStarts(0, 60_000)
    const { health, connection } = await open({ timing: { openPatienceMs: 20 } })
    expect(JSON.stringify(health.at(-1))).toMatch(/offline.*another process/)
    const message = { text: 'hi', format: 'plain' } as const
    await connection.send(roomAddress(room), message, callOptions())
    expect(server.messages(room)).toHaveLength(1)
    expect(bot.identifies()).toBe(0)
  })

  it('lives beside a second process with the same token', async () => {
    const { server, room, open } = await startDiscord()
    const one = await open()
    const other = await open()
    server.say({ channel: room, text: 'for both' })
    await Promise.all([one.event(0), other.event(0)])
    expect(one.received[0]?.nativeId).toBe(other.received[0]?.nativeId)
  })

  it('opens without the gateway and connects when it is there', async () => {
    const { server, bot, room, open } = await startDiscord()
    server.faults.add({ on: 'GET /gateway/bot', kind: 'status', status: 502, times: 3 })
    const { health, event } = await open({ timing: { openPatienceMs: 1, firstBackoffMs: 20 } })
    await expect.poll(() => health.at(-1)?.state, { timeout: 10_000 }).toBe('online')
    expect(statesOf({ health })).toContain('degraded')
    server.say({ channel: room, text: 'hi' })
    await event(0)
    expect(bot.identifies()).toBe(1)
  })

  it('reports that messages cannot be stored, and that they can again', async () => {
    let fails = true
    const { server, room, open } = await startDiscord()
    const { health, event } = await open({
      async receive() {
        if (fails) throw new Error('disk full')
        return 'accepted'
      },
    })
    server.say({ channel: room, text: 'hi' })
    await expect.poll(() => health.at(-1)?.state, { timeout: 15_000 }).toBe('degraded')
    fails = false
    await event(0)
    await expect.poll(() => health.at(-1)?.state, { timeout: 15_000 }).toBe('online')
  })

  it('can be closed while it is being opened', async () => {
    const { server, bot, open } = await startDiscord()
    const { close } = await open()
    bot.drop()
    await server.stop()
    await close()
  })
})
