import { describe, expect, it } from 'vitest'
import { personId } from '@junctor/testkit/discord'
import { callOptions, directAddress, startDiscord, token } from './account.ts'

const ada = personId(7)
const callback = 'POST /interactions/*/callback'

describe('the menu of commands', () => {
  it('shows what the host offers, as Discord allows it', async () => {
    const { server, bot, open } = await startDiscord()
    const commands = [
      { name: 'Reset', description: 'Begin anew' },
      { name: 'über-uns', description: 'x'.repeat(200) },
      { name: 'not a name', description: 'left out' },
    ]
    const { logged } = await open({ commands })
    await server.waitFor(() => bot.commands().length > 0)
    expect(bot.commands()).toMatchObject([
      {
        name: 'reset',
        description: 'Begin anew',
        contexts: [0, 1],
        options: [{ name: 'arguments', type: 3, required: false }],
      },
      { name: 'über-uns', description: 'x'.repeat(100) },
    ])
    expect(logged.join()).toContain('"not a name"')
  })

  it('is left as it is by a host without commands, and filled when Discord is back', async () => {
    const { server, bot, open } = await startDiscord()
    await (await open()).close()
    expect(bot.countCalls('PUT /applications/*')).toBe(0)
    server.faults.add({ on: 'PUT /applications/*', kind: 'status', status: 502, times: 2 })
    await open({ commands: [{ name: 'help', description: 'Help' }] })
    await server.waitFor(() => bot.commands().length === 1)
    expect(bot.countCalls('PUT /applications/*')).toBe(3)
  })
})

describe('a command', () => {
  it('comes as a message that calls the bot, with its words, roles and place', async () => {
    const { server, guild, room, open } = await startDiscord()
    server.setRoles(guild, ada, ['900'])
    const thread = server.addThread({ parent: room })
    const { event } = await open()
    const { id } = server.command({ token, channel: thread, name: 'ask', text: 'why?', from: ada })
    expect(await event(0)).toMatchObject({
      type: 'message',
      nativeId: id,
      text: '/ask why?',
      peer: { kind: 'channel', id: room },
      threadId: thread,
      guildId: guild,
      roles: ['900'],
      sender: { id: ada, name: 'Person 7', isBot: false },
      mentions: { self: true, ids: [] },
    })
  })

  it('is acknowledged at once, also while nothing can be stored', async () => {
    const { server, bot, room, open } = await startDiscord()
    let fails = true
    const { event } = await open({
      async receive() {
        if (fails) throw new Error('disk full')
        return 'accepted'
      },
    })
    server.command({ token, channel: room, name: 'help' })
    await server.waitFor(() => bot.interactions()[0]?.acknowledgedAs === 5)
    fails = false
    expect(await event(0)).toMatchObject({ text: '/help' })
  })

  it('is answered in its own place, once for one key; what follows are messages', async () => {
    const { server, bot, room, open } = await startDiscord()
    const { message, send } = await open()
    const { id } = server.command({ token, channel: room, name: 'help' })
    await message(0)
    server.faults.add({ on: 'PATCH /webhooks/*', kind: 'drop-after' })
    const answer = { text: 'the answer', replyTo: id }
    await expect(send(room, answer, 'a')).rejects.toMatchObject({ code: 'UNKNOWN' })
    const { nativeId } = await send(room, answer, 'a')
    expect(server.messages(room).map((shown) => [shown.id, shown.text])).toEqual([
      [nativeId, 'the answer'],
    ])
    await send(room, { text: 'and more', replyTo: id }, 'b')
    expect(server.messages(room).map(({ text }) => text)).toEqual(['the answer', 'and more'])
    expect(bot.countCalls('POST /channels/*/messages')).toBe(1)
  })

  it('in a private conversation is answered there although the answer does not name it', async () => {
    const { server, bot, open } = await startDiscord()
    const direct = bot.directChannel(7)
    const { message, connection } = await open()
    server.command({ token, channel: direct, name: 'help' })
    expect((await message(0)).peer).toEqual({ kind: 'dm', id: ada })
    const answer = { text: 'the answer', format: 'plain' } as const
    const sent = await connection.send(directAddress(ada), answer, callOptions('a'))
    await connection.edit?.(
      directAddress(ada),
      sent.nativeId,
      { ...answer, text: 'all of it' },
      callOptions(),
    )
    expect(server.messages(direct).map(({ text }) => text)).toEqual(['all of it'])
  })

  it('is answered by a message when its time is over, or its answer was removed', async () => {
    const { server, room, open } = await startDiscord({ interactionDeadlineMs: -1 })
    const { message, send, logged } = await open()
    const { id } = server.command({ token, channel: room, name: 'help' })
    await message(0)
    await send(room, { text: 'late', replyTo: id })
    expect(server.messages(room).map(({ text }) => text)).toEqual(['late'])
    expect(logged.join()).toContain('not acknowledged in time')
  })

  it('whose answer somebody removed is answered by a message', async () => {
    const { server, bot, room, open } = await startDiscord()
    const { message, send } = await open()
    const { id } = server.command({ token, channel: room, name: 'help' })
    await message(0)
    await server.waitFor(() => server.messages(room).length === 1)
    server.remove(room, bot.interactions()[0]?.messageId ?? '')
    await send(room, { text: 'here', replyTo: id })
    expect(server.messages(room).map(({ text }) => text)).toEqual(['here'])
  })

  it('that is refused leaves no sign behind', async () => {
    const { server, bot, room, open } = await startDiscord()
    const { message } = await open({ receive: async () => 'refused' })
    server.command({ token, channel: room, name: 'help' })
    await message(0)
    await server.waitFor(() => bot.countCalls('DELETE /webhooks/*') === 1)
    await server.waitFor(() => server.messages(room).length === 0)
  })

  it('that comes again after a crash has one id, one acknowledgement and one answer', async () => {
    const { server, bot, room, open } = await startDiscord()
    const first = await open({ receive: () => new Promise(() => {}) })
    const { id } = server.command({ token, channel: room, name: 'help' })
    await server.waitFor(() => bot.interactions()[0]?.acknowledgedAs === 5)
    first.kill()
    const second = await open()
    expect((await second.message(0)).nativeId).toBe(id)
    await second.send(room, { text: 'the answer', replyTo: id })
    expect(server.messages(room).map(({ text }) => text)).toEqual(['the answer'])
    expect(bot.countCalls(callback)).toBe(2)
  })

  it('other kinds of interactions are nobody’s', async () => {
    const { server, bot, guild, room, open } = await startDiscord()
    const { message, received } = await open()
    const place = { guild_id: guild, channel_id: room, channel: { id: room, type: 0 } }
    bot.push('INTERACTION_CREATE', { id: '1', token: 't', type: 3, data: {}, ...place })
    server.say({ channel: room, text: 'hi' })
    await message(0)
    expect(received).toHaveLength(1)
    expect(bot.countCalls(callback)).toBe(0)
  })
})
