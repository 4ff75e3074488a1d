import { describe, expect, it } from 'vitest'
import { personId } from '@junctor/testkit/discord'
import { ownRoleOf, startDiscord } from './account.ts'

const ada = personId(7)

describe('what was missed', () => {
  it('is resumed after a short stop: nothing is lost and nothing doubled', async () => {
    const { server, bot, room, open } = await startDiscord()
    const first = await open()
    const { id } = server.say({ channel: room, text: 'before' })
    await first.event(0)
    await first.close()
    server.say({ channel: room, text: 'meanwhile' })
    server.edit({ channel: room, id, text: 'edited' })
    const second = await open()
    await second.event(1)
    server.say({ channel: room, text: 'after' })
    await second.event(2)
    expect(second.texts()).toEqual(['meanwhile', 'edited', 'after'])
    expect(bot.identifies()).toBe(1)
  })

  it('is read after a long one, in every channel, thread and private conversation, in order', async () => {
    const { server, bot, guild, room, open } = await startDiscord()
    const quiet = server.addChannel({ guild })
    const direct = bot.directChannel(7)
    const first = await open()
    const { id: hello } = server.say({ channel: direct, text: 'hello' })
    await first.event(0)
    await first.close()
    bot.forgetSessions()
    const added = server.addChannel({ guild })
    const thread = server.addThread({ parent: room })
    const texts = Array.from({ length: 230 }, (_, index) => `m${index}`)
    for (const text of texts) server.say({ channel: room, text })
    for (const channel of [quiet, added, thread, direct]) {
      server.say({ channel, text: `in ${channel}` })
    }
    const second = await open()
    await expect.poll(() => second.texts(), { timeout: 15_000 }).toContain(`in ${direct}`)
    const inRoom = second.received.filter(
      ({ peer, threadId }) => peer.id === room && threadId === undefined,
    )
    expect(inRoom.map((event) => event.type === 'message' && event.text)).toEqual(texts)
    for (const channel of [quiet, added, thread, direct]) {
      expect(second.texts()).toContain(`in ${channel}`)
    }
    const fresh = second.received.filter(({ nativeId }) => nativeId !== hello)
    expect(new Set(fresh.map(({ nativeId }) => nativeId)).size).toBe(234)
    expect(fresh).toHaveLength(234)
    expect(second.received.find(({ threadId }) => threadId === thread)?.peer.id).toBe(room)
  })

  it('still counts the role that Discord made for the bot as its name', async () => {
    const { server, bot, guild, room, open } = await startDiscord()
    await (await open()).close()
    const { message } = await open()
    server.say({ channel: room, text: `<@&${ownRoleOf(guild, bot.user.id)}> hi` })
    expect((await message(0)).mentions.self).toBe(true)
    expect(bot.identifies()).toBe(1)
  })

  it('has the guild and the roles that REST leaves out', async () => {
    const { server, bot, guild, room, open } = await startDiscord()
    const first = await open()
    await first.close()
    bot.forgetSessions()
    server.setRoles(guild, ada, ['900'])
    server.say({ channel: room, from: ada, text: 'one' })
    server.say({ channel: room, from: ada, text: 'two' })
    const { event } = await open()
    expect(await event(1)).toMatchObject({ guildId: guild, roles: ['900'] })
    expect(bot.countCalls('GET /guilds/*/members/*')).toBe(1)
  })

  it('comes again under the same id when the process was killed', async () => {
    const { server, bot, room, open } = await startDiscord()
    const first = await open()
    server.say({ channel: room, text: 'early' })
    await first.event(0)
    first.kill()
    bot.forgetSessions()
    const { id } = server.say({ channel: room, text: 'late' })
    const second = await open()
    await expect.poll(() => second.texts()).toContain('late')
    expect(second.received.find(({ nativeId }) => nativeId === id)).toBeDefined()
  })

  it('that could not be stored is read again, from where it stopped', async () => {
    const { server, bot, room, open } = await startDiscord()
    await (await open()).close()
    bot.forgetSessions()
    for (const text of ['one', 'two', 'three']) server.say({ channel: room, text })
    let failures = 2
    const { event, texts } = await open({
      async receive(envelope) {
        const isTwo = envelope.type === 'message' && envelope.text === 'two'
        if (isTwo && failures > 0) {
          failures -= 1
          throw new Error('disk full')
        }
        return 'accepted'
      },
    })
    await event(2)
    expect(texts()).toEqual(['one', 'two', 'three'])
  })

  it('waits for Discord when it limits or fails the reading', async () => {
    const { server, bot, room, open } = await startDiscord()
    await (await open()).close()
    bot.forgetSessions()
    server.say({ channel: room, text: 'hi' })
    const on = 'GET /channels/*/messages'
    server.faults.add(
      { on, kind: 'rate-limit', retryAfterMs: 20 },
      { on, kind: 'status', status: 500 },
      { on, kind: 'drop-after' },
    )
    const { event, texts } = await open()
    await event(0)
    expect(texts()).toEqual(['hi'])
  })

  it('in a channel that the bot may not see is left out', async () => {
    const { server, bot, guild, room, open } = await startDiscord()
    const hidden = server.addChannel({ guild })
    await (await open()).close()
    bot.forgetSessions()
    server.say({ channel: hidden, text: 'secret' })
    server.closeTo(hidden, 'viewing')
    server.say({ channel: room, text: 'hi' })
    const { event, texts } = await open()
    await event(0)
    expect(texts()).toEqual(['hi'])
  })

  it('before the account was there, or longer ago than the limit, is left out', async () => {
    const { server, bot, room, open } = await startDiscord()
    server.say({ channel: room, text: 'before the account', at: Date.now() - 60_000 })
    const first = await open()
    server.say({ channel: room, text: 'a' })
    await first.event(0)
    await first.close()
    expect(first.texts()).toEqual(['a'])
    bot.forgetSessions()
    server.say({ channel: room, text: 'b' })
    const second = await open({ timing: { catchUpMs: -10_000 } })
    server.say({ channel: room, text: 'c' })
    await second.event(0)
    expect(second.texts()).toEqual(['c'])
    expect(second.logged.join()).toContain('`catchUpMs`')
  })
})
