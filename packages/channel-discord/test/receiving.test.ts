import { describe, expect, it } from 'vitest'
import { personId, snowflake } from '@junctor/testkit/discord'
import { callOptions, ownRoleOf, startDiscord } from './account.ts'

const ada = personId(7)

describe('a Discord message', () => {
  it('from a private conversation is a direct message of that person', async () => {
    const { server, bot, open } = await startDiscord()
    const { event } = await open()
    const { id, timestamp } = server.say({ channel: bot.directChannel(7), text: 'hi' })
    expect(await event(0)).toEqual({
      type: 'message',
      nativeId: id,
      channel: 'discord',
      accountId: 'default',
      peer: { kind: 'dm', id: ada },
      sender: { id: ada, name: 'Person 7', username: 'person_7', isBot: false, isSelf: false },
      sentAt: Date.parse(timestamp),
      text: 'hi',
      mentions: { self: false, ids: [] },
      attachments: [],
    })
  })

  it('is direct also when Discord does not name the kind of its channel', async () => {
    const { server, bot, open } = await startDiscord()
    const { event } = await open()
    const fields = { channel_type: undefined }
    server.say({ channel: bot.directChannel(7), text: 'hi', fields })
    expect((await event(0)).peer).toEqual({ kind: 'dm', id: ada })
  })

  it('from a guild carries the guild, the roles of its sender and the category', async () => {
    const { server, guild, open } = await startDiscord()
    const category = server.addChannel({ guild, type: 'category' })
    const room = server.addChannel({ guild, parent: category })
    server.setRoles(guild, ada, ['900', '901'])
    const { event } = await open()
    server.say({ channel: room, from: ada, text: 'hi' })
    expect(await event(0)).toMatchObject({
      peer: { kind: 'channel', id: room },
      guildId: guild,
      roles: ['900', '901'],
      parents: [{ kind: 'channel', id: category }],
      sender: { id: ada },
    })
  })

  it('from a thread belongs to the channel, inside its category, also for posts of a forum', async () => {
    const { server, guild, open } = await startDiscord()
    const category = server.addChannel({ guild, type: 'category' })
    const forum = server.addChannel({ guild, type: 'forum', parent: category })
    const known = server.addThread({ parent: forum })
    const { event } = await open()
    const added = server.addThread({ parent: forum })
    for (const thread of [known, added]) server.say({ channel: thread, text: 'hi' })
    for (const [index, threadId] of [known, added].entries()) {
      expect(await event(index)).toMatchObject({
        peer: { kind: 'channel', id: forum },
        threadId,
        parents: [{ kind: 'channel', id: category }],
      })
    }
  })

  it('from a thread that no event has told of is looked up once', async () => {
    const { server, bot, room, open } = await startDiscord()
    const thread = server.addThread({ parent: room })
    server.archive(thread)
    const { event } = await open()
    for (const text of ['one', 'two']) server.say({ channel: thread, text })
    expect(await event(1)).toMatchObject({ peer: { id: room }, threadId: thread })
    expect(bot.countCalls(`GET /channels/${thread}`)).toBe(1)
  })

  it('calls the account by name, by its own role, or as an answer to it', async () => {
    const { server, bot, guild, room, open } = await startDiscord()
    const { message, send } = await open()
    const { nativeId } = await send(room, { text: 'question' })
    const ownRole = ownRoleOf(guild, bot.user.id)
    server.say({ channel: room, text: `hi <@${bot.user.id}> and <@${ada}>` })
    server.say({ channel: room, text: `hi <@&${ownRole}>` })
    server.say({ channel: room, text: 'an answer', replyTo: nativeId })
    server.say({ channel: room, text: '@everyone <@&123456789012345678>' })
    const messages = await Promise.all([1, 2, 3, 4].map(message))
    expect(messages.map(({ mentions }) => mentions)).toEqual([
      { self: true, ids: [bot.user.id, ada] },
      { self: true, ids: [] },
      { self: true, ids: [] },
      { self: false, ids: [] },
    ])
    expect(messages[2]?.replyTo).toEqual({ nativeId, senderId: bot.user.id, text: 'question' })
  })

  it('that answers a deleted message says which', async () => {
    const { server, room, open } = await startDiscord()
    const { message } = await open()
    server.say({ channel: room, text: 'really?', replyTo: '123456789012345678' })
    const { replyTo, mentions } = await message(0)
    expect([replyTo, mentions.self]).toEqual([{ nativeId: '123456789012345678' }, false])
  })

  it('marks bots, webhooks and the account itself', async () => {
    const { server, bot, room, open } = await startDiscord()
    const { message } = await open()
    const robot = { ...bot.user, id: personId(9) }
    server.say({ channel: room, text: 'a', from: robot })
    server.say({ channel: room, text: 'b', from: ada, fields: { webhook_id: '1' } })
    server.say({ channel: room, text: 'c', from: bot.user })
    const senders = (await Promise.all([0, 1, 2].map(message))).map(({ sender }) => sender)
    expect(senders.map(({ isBot, isSelf }) => [isBot, isSelf])).toEqual([
      [true, false],
      [true, false],
      [true, true],
    ])
  })

  it('shows files with kind, type and size, and what was forwarded', async () => {
    const { server, room, open } = await startDiscord()
    const { message, connection } = await open()
    const data = new TextEncoder().encode('picture')
    server.say({ channel: room, text: 'see', file: { name: 'a.png', data } })
    const reference = { type: 1, message_id: '1', channel_id: '1' }
    const snapshot = { message: { content: 'what was said', attachments: [] } }
    server.say({
      channel: room,
      fields: { message_reference: reference, message_snapshots: [snapshot] },
    })
    const [file] = (await message(0)).attachments
    expect(file).toMatchObject({
      kind: 'image',
      mediaType: 'image/png',
      sizeBytes: 7,
      name: 'a.png',
    })
    expect(await message(1)).toMatchObject({ text: 'what was said', mentions: { self: false } })
    expect(await message(1)).not.toHaveProperty('replyTo')
    const stream = await connection.download?.(file?.ref ?? '', callOptions())
    expect(await new Response(stream).text()).toBe('picture')
  })

  it('keeps Unicode as it is', async () => {
    const { server, room, open } = await startDiscord()
    const { message } = await open()
    const text = '👩‍👩‍👧 é \u202Eright-to-left\u202C 漢字 \u{1F3F4}\u200D☠️'
    server.say({ channel: room, text })
    expect((await message(0)).text).toBe(text)
  })

  it('without words and files, and notices, are left out', async () => {
    const { server, room, open } = await startDiscord()
    const { message } = await open()
    server.say({ channel: room, text: 'joined', fields: { type: 7 } })
    server.say({ channel: room, text: '' })
    server.say({ channel: room, text: 'hi' })
    expect((await message(0)).text).toBe('hi')
  })
})

describe('a change', () => {
  it('by its author is an edit, each under its own id; other updates are none', async () => {
    const { server, bot, room, open } = await startDiscord()
    const { event, received } = await open()
    const { id } = server.say({ channel: room, from: ada, text: 'one' })
    bot.push('MESSAGE_UPDATE', { id, channel_id: room, embeds: [{ title: 'A page' }] })
    server.edit({ channel: room, id, text: 'two' })
    server.edit({ channel: room, id, text: 'three' })
    expect(await event(1)).toMatchObject({
      type: 'edited',
      targetId: id,
      text: 'two',
      sender: { id: ada },
    })
    expect(await event(2)).toMatchObject({ type: 'edited', targetId: id, text: 'three' })
    expect(new Set(received.map(({ nativeId }) => nativeId)).size).toBe(3)
  })

  it('of which Discord tells only a part has its author from the message', async () => {
    const { server, bot, guild, room, open } = await startDiscord()
    const { event } = await open()
    const { id } = server.say({ channel: room, from: ada, text: 'one' })
    const edited = new Date().toISOString()
    const part = { id, channel_id: room, guild_id: guild, content: 'two', edited_timestamp: edited }
    bot.push('MESSAGE_UPDATE', part)
    expect(await event(1)).toMatchObject({ text: 'two', sender: { id: ada } })
  })

  it('that deletes messages names each of them and who wrote it', async () => {
    const { server, room, open } = await startDiscord()
    const { event } = await open()
    const ids = ['a', 'b', 'c'].map((text) => server.say({ channel: room, from: ada, text }).id)
    const [first = '', ...others] = ids
    server.remove(room, first)
    server.remove(room, ...others)
    for (const [index, targetId] of ids.entries()) {
      expect(await event(3 + index)).toMatchObject({
        type: 'deleted',
        targetId,
        sender: { id: ada },
        peer: { id: room },
      })
    }
  })

  it('tells who added and took back which reaction', async () => {
    const { server, bot, room, open } = await startDiscord()
    const { event, received } = await open()
    const { id } = server.say({ channel: room, text: 'one' })
    const reaction = { channel: room, id, emoji: '👍', from: ada }
    server.react(reaction)
    server.unreact(reaction)
    server.react(reaction)
    server.react({ ...reaction, emoji: 'party:123456789012345678' })
    const direct = bot.directChannel(7)
    const { id: other } = server.say({ channel: direct, text: 'two' })
    server.react({ channel: direct, id: other, emoji: '🔥', from: ada })
    await event(6)
    expect(received.filter(({ type }) => type === 'reaction')).toMatchObject([
      { targetId: id, emoji: '👍', added: true, sender: { id: ada }, peer: { id: room } },
      { targetId: id, emoji: '👍', added: false },
      { targetId: id, emoji: '👍', added: true },
      { targetId: id, emoji: 'party:123456789012345678', added: true },
      { targetId: other, emoji: '🔥', added: true, peer: { kind: 'dm', id: ada } },
    ])
    expect(new Set(received.map(({ nativeId }) => nativeId)).size).toBe(7)
  })
})

describe('receiving', () => {
  it('skips what it cannot read, says so, and goes on', async () => {
    const { server, bot, guild, room, open } = await startDiscord()
    const { message, logged, received } = await open()
    bot.push('MESSAGE_CREATE', { id: 'x' })
    bot.push('MESSAGE_CREATE', {
      ...server.say({ channel: room, text: 'bad', unseen: true }),
      guild_id: guild,
      timestamp: 'no time',
    })
    bot.push('GUILD_CREATE', { id: 'nonsense' })
    bot.push('INTERACTION_CREATE', { id: '1', type: 2 })
    bot.push('NEVER_HEARD_OF', {})
    bot.send({ op: 99 })
    server.say({ channel: room, text: 'hi' })
    expect((await message(0)).text).toBe('hi')
    expect(received).toHaveLength(1)
    expect(logged.filter((text) => text.includes('unreadable'))).toHaveLength(4)
  })

  it('hands over an older id that comes after a newer one, and one that comes twice', async () => {
    const { server, room, open } = await startDiscord()
    const { event, texts } = await open()
    const older = snowflake()
    server.faults.add({ on: 'gateway', kind: 'duplicate' })
    server.say({ channel: room, text: 'newer' })
    server.say({ channel: room, text: 'older', id: older })
    await event(2)
    expect(texts()).toEqual(['newer', 'newer', 'older'])
  })

  it('leaves at Discord what cannot wait here, and gets it when there is room again', async () => {
    const { server, room, bot, open } = await startDiscord()
    let fails = true
    const { event, texts, logged } = await open({
      timing: { maxWaiting: 3 },
      async receive() {
        if (fails) throw new Error('disk full')
        return 'accepted'
      },
    })
    const all = Array.from({ length: 12 }, (_, index) => `m${index}`)
    for (const text of all) server.say({ channel: room, text })
    await expect.poll(() => logged).toContain('Discord events must wait')
    fails = false
    await event(11)
    expect(texts()).toEqual(all)
    expect(bot.identifies()).toBe(1)
  })
})

describe('a download', () => {
  it('goes to Discord and nowhere else, whatever a message says', async () => {
    const { server, room, open } = await startDiscord()
    const { message, connection } = await open()
    const evil = { id: '1', filename: 'x', size: 1, url: 'http://127.0.0.1:9/x', proxy_url: '' }
    server.say({ channel: room, fields: { attachments: [evil] } })
    const [file] = (await message(0)).attachments
    await expect(connection.download?.(file?.ref ?? '', callOptions())).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
  })

  it('is refused for files that are too large or gone', async () => {
    const { server, room, open } = await startDiscord()
    const { message, connection } = await open()
    const large = { name: 'a.bin', data: new Uint8Array(26 * 1024 * 1024) }
    const { id } = server.say({ channel: room, file: large })
    const ref = (await message(0)).attachments[0]?.ref ?? ''
    const download = (given: string) => connection.download?.(given, callOptions())
    await expect(download(ref)).rejects.toMatchObject({ code: 'TOO_LARGE' })
    await expect(download(ref.replace(/\d+$/, '1'))).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(download('http://127.0.0.1/x')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    server.remove(room, id)
    await expect(download(ref)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
