import { describe, expect, it } from 'vitest'
import { openTestAccount } from './account.ts'

const group = -1_001_000_000_001
const bytes = new Uint8Array(10)

describe('a Telegram message', () => {
  it('from a private chat is a direct message of that person', async () => {
    const { bot, event } = await openTestAccount()
    const { date } = bot.say({ chat: 42, text: 'hi', id: 5 })
    expect(await event(0)).toEqual({
      type: 'message',
      nativeId: '5',
      channel: 'telegram',
      accountId: 'default',
      peer: { kind: 'dm', id: '42' },
      sender: { id: '42', name: 'Person 42', username: 'person_42', isBot: false, isSelf: false },
      sentAt: date * 1000,
      text: 'hi',
      mentions: { self: false, ids: [] },
      attachments: [],
    })
  })

  it('from groups, supergroups and channels keeps their ids', async () => {
    const { bot, event } = await openTestAccount()
    bot.say({ chat: -5, text: 'a' })
    bot.say({ chat: group, text: 'b' })
    bot.say({ chat: -1_009, chatType: 'channel', text: 'c' })
    expect((await event(0)).peer).toEqual({ kind: 'group', id: '-5' })
    expect((await event(1)).peer).toEqual({ kind: 'group', id: String(group) })
    expect(await event(2)).toMatchObject({
      peer: { kind: 'channel', id: '-1009' },
      sender: { id: '-1009', isSelf: false },
    })
  })

  it('carries its topic, and in the General topic none', async () => {
    const { bot, event } = await openTestAccount()
    bot.say({ chat: group, text: 'in a topic', topic: 7 })
    bot.push({
      message: {
        message_id: 90,
        date: 1,
        chat: { id: group, type: 'supergroup', title: 'G', is_forum: true },
        from: { id: 42, is_bot: false, first_name: 'A' },
        text: 'a reply in General',
        message_thread_id: 3,
      },
    })
    expect((await event(0)).threadId).toBe('7')
    expect(await event(1)).not.toHaveProperty('threadId')
  })

  it('calls the account by mention, command, name or answer, in UTF-16 offsets', async () => {
    const { bot, event, send } = await openTestAccount()
    bot.addChat(group)
    const { nativeId } = await send(group, { text: 'question' })
    bot.say({ chat: group, text: '👩‍👩‍👧🎉 hi @Junctor_Bot!' })
    bot.say({ chat: group, text: '/start@junctor_bot' })
    bot.say({ chat: group, text: 'answer', replyTo: Number(nativeId) })
    bot.say({
      chat: group,
      text: 'hi you',
      entities: [
        {
          type: 'text_mention',
          offset: 3,
          length: 3,
          user: { id: 77, is_bot: false, first_name: 'B' },
        },
      ],
    })
    bot.say({ chat: group, text: '@junctor_bot2 @other' })
    await event(4)
    const calls = await Promise.all([0, 1, 2, 3, 4].map(event))
    expect(calls.map((call) => (call.type === 'message' ? call.mentions : undefined))).toEqual([
      { self: true, ids: ['123456'] },
      { self: true, ids: ['123456'] },
      { self: true, ids: [] },
      { self: false, ids: ['77'] },
      { self: false, ids: [] },
    ])
    expect(calls[2]).toMatchObject({
      replyTo: { nativeId, senderId: '123456', text: 'question' },
    })
  })

  it('in a topic does not count as an answer to the topic itself', async () => {
    const { bot, event } = await openTestAccount()
    bot.push({
      message: {
        message_id: 9,
        date: 1,
        chat: { id: group, type: 'supergroup', title: 'G', is_forum: true },
        from: { id: 42, is_bot: false, first_name: 'A' },
        text: 'hello',
        message_thread_id: 3,
        is_topic_message: true,
        reply_to_message: {
          message_id: 3,
          date: 1,
          chat: { id: group, type: 'supergroup', title: 'G' },
          from: { id: 123_456, is_bot: true, first_name: 'J' },
          forum_topic_created: { name: 'T', icon_color: 0 },
        },
      },
    })
    const event0 = await event(0)
    expect(event0).toMatchObject({ mentions: { self: false } })
    expect(event0).not.toHaveProperty('replyTo')
  })

  it('shows captions as text and media as references with size and type', async () => {
    const { bot, event } = await openTestAccount()
    const file = (kind: 'photo' | 'document' | 'audio' | 'video' | 'voice', name: string): void => {
      bot.say({ chat: 42, text: `a ${kind}`, file: { kind, name, data: bytes } })
    }
    file('photo', 'p.jpg')
    file('document', 'd.pdf')
    file('audio', 'a.mp3')
    file('video', 'v.mp4')
    file('voice', 'o.ogg')
    await event(4)
    const events = await Promise.all([0, 1, 2, 3, 4].map(event))
    expect(
      events.map((one) => (one.type === 'message' ? [one.text, ...one.attachments] : [])),
    ).toEqual([
      ['a photo', { kind: 'image', ref: 'photo-1', mediaType: 'image/jpeg', sizeBytes: 10 }],
      [
        'a document',
        {
          kind: 'file',
          ref: 'document-2',
          name: 'd.pdf',
          mediaType: 'application/pdf',
          sizeBytes: 10,
        },
      ],
      [
        'a audio',
        { kind: 'audio', ref: 'audio-3', name: 'a.mp3', mediaType: 'audio/mpeg', sizeBytes: 10 },
      ],
      [
        'a video',
        { kind: 'video', ref: 'video-4', name: 'v.mp4', mediaType: 'video/mp4', sizeBytes: 10 },
      ],
      ['a voice', { kind: 'audio', ref: 'voice-5', mediaType: 'audio/ogg', sizeBytes: 10 }],
    ])
  })

  it('of an album is one for each file, in order', async () => {
    const { bot, event } = await openTestAccount()
    for (const [index, name] of ['a.jpg', 'b.jpg'].entries())
      bot.say({
        chat: 42,
        ...(index === 0 ? { text: 'look' } : {}),
        mediaGroup: 'album',
        file: { kind: 'photo', name, data: bytes },
      })
    const events = await Promise.all([0, 1].map(event))
    expect(
      events.map((one) => one.type === 'message' && [one.text, one.attachments.length]),
    ).toEqual([
      ['look', 1],
      ['', 1],
    ])
  })

  it('that was edited names the message, each edit under its own id', async () => {
    const { bot, event, received } = await openTestAccount()
    bot.say({ chat: 42, text: 'one', id: 5 })
    bot.edit({ chat: 42, id: 5, text: 'two', date: 1_800_000_000 })
    bot.edit({ chat: 42, id: 5, text: 'three', date: 1_800_000_000 })
    expect(await event(1)).toMatchObject({
      type: 'edited',
      targetId: '5',
      text: 'two',
      sentAt: 1_800_000_000_000,
    })
    await event(2)
    expect(new Set(received.map(({ nativeId }) => nativeId)).size).toBe(3)
  })

  it('tells what a reaction added and removed', async () => {
    const { server, bot, event } = await openTestAccount()
    // Reactions come only to a bot that has asked for them, which it does with its first poll.
    await server.waitFor(() => bot.countCalls('getUpdates') > 0)
    bot.say({ chat: 42, text: 'one', id: 5 })
    bot.react({ chat: 42, id: 5, emoji: '👍' })
    bot.react({ chat: 42, id: 5, emoji: '🔥' })
    await event(3)
    const events = await Promise.all([1, 2, 3].map(event))
    expect(events).toMatchObject([
      { type: 'reaction', targetId: '5', emoji: '👍', added: true },
      { type: 'reaction', targetId: '5', emoji: '👍', added: false },
      { type: 'reaction', targetId: '5', emoji: '🔥', added: true },
    ])
  })

  it('without words or media is left out', async () => {
    const { bot, event } = await openTestAccount()
    bot.migrate(-6, -1_001_000_000_006)
    bot.block(77)
    bot.say({ chat: 42, text: 'hi' })
    expect(await event(0)).toMatchObject({ text: 'hi' })
  })
})

describe('polling', () => {
  it('skips what it cannot read, says so, and goes on', async () => {
    const { bot, event, logged, received } = await openTestAccount()
    bot.push({ message: { message_id: 1 } })
    bot.push({ message: { message_id: 1, date: 1, text: 'x', chat: { id: 1, type: 'new' } } })
    bot.push({ nonsense: true })
    bot.push({ update_id: 'x', message: {} })
    bot.say({ chat: 42, text: 'hi' })
    expect(await event(0)).toMatchObject({ text: 'hi' })
    expect(received).toHaveLength(1)
    expect(logged).toEqual([
      'Telegram update skipped: unreadable',
      'Telegram update skipped: unreadable',
    ])
  })

  it('comes back from an answer that is no JSON or no list', async () => {
    const { server, bot, event, health } = await openTestAccount()
    server.faults.add(
      { on: 'getUpdates', kind: 'garbage' },
      { on: 'getUpdates', kind: 'garbage', body: '{"ok":true,"result":{}}' },
      { on: 'getUpdates', kind: 'status', status: 502 },
      { on: 'getUpdates', kind: 'oversize', bytes: 1_000_000 },
    )
    bot.say({ chat: 42, text: 'hi' })
    await event(0)
    await server.waitFor(() => server.faults.pending().length === 0)
    expect(health.map(({ state }) => state)).toContain('degraded')
  })

  it('gives up a poll that stays silent', async () => {
    const { bot, event, server } = await openTestAccount({
      timing: { pollTimeoutSeconds: 0, silenceMarginMs: 30, requestTimeoutMs: 600_000 },
      before: ({ faults }) => faults.add({ on: 'getUpdates', kind: 'silence' }),
    })
    bot.say({ chat: 42, text: 'hi' })
    await event(0)
    expect(server.faults.pending()).toEqual([])
  })

  it('puts a batch into the order of its update ids', async () => {
    const { event, received } = await openTestAccount({
      before({ faults }, bot) {
        faults.add({ on: 'getUpdates', kind: 'reorder' })
        bot.say({ chat: 42, text: 'one' })
        bot.say({ chat: 42, text: 'two' })
      },
    })
    await event(1)
    expect(received.map((envelope) => envelope.type === 'message' && envelope.text)).toEqual([
      'one',
      'two',
    ])
  })

  it('keeps that order also where the clocks of messages do not', async () => {
    const { bot, event, received } = await openTestAccount()
    bot.say({ chat: 42, text: 'one', date: 1_800_000_100 })
    bot.say({ chat: 42, text: 'two', date: 1_800_000_000 })
    bot.say({ chat: 42, text: 'three', date: 1_800_000_050, updateId: 9_000 })
    await event(2)
    expect(received.map((one) => one.type === 'message' && [one.text, one.sentAt])).toEqual([
      ['one', 1_800_000_100_000],
      ['two', 1_800_000_000_000],
      ['three', 1_800_000_050_000],
    ])
  })

  it('leaves out what happens to buttons and memberships', async () => {
    const { bot, server, received } = await openTestAccount()
    bot.push({ callback_query: { id: '1', from: { id: 42 }, chat_instance: 'x', data: 'y' } })
    bot.block(77)
    bot.say({ chat: 42, text: 'hello' })
    await server.waitFor(() => bot.waiting().length === 0)
    expect(received.map((one) => one.type === 'message' && one.text)).toEqual(['hello'])
  })

  it('removes a webhook that keeps it from polling', async () => {
    const { bot, event, server } = await openTestAccount()
    await server.waitFor(() => bot.isPolled())
    await fetch(`${server.url}/bot${bot.token}/setWebhook?url=http://127.0.0.1:9/`)
    bot.takeOver()
    bot.say({ chat: 42, text: 'hi' })
    await event(0)
    expect(bot.countCalls('deleteWebhook')).toBe(1)
  })

  it('ends at once when it is closed', async () => {
    const { server, bot, connection } = await openTestAccount({
      timing: { pollTimeoutSeconds: 600 },
    })
    await server.waitFor(() => bot.isPolled())
    await connection.close({ signal: AbortSignal.timeout(5000) })
  })

  it('confirms what it stored when it is closed meanwhile', async () => {
    let close: (() => Promise<void>) | undefined
    let closing: Promise<void> | undefined
    const { server, bot, connection } = await openTestAccount({
      async receive() {
        closing = close?.()
        return 'accepted'
      },
    })
    close = () => connection.close({ signal: AbortSignal.timeout(5000) })
    bot.say({ chat: 42, text: 'hi' })
    await server.waitFor(() => bot.confirmed().length === 1)
    await closing
  })

  it('stops for good when the token is revoked', async () => {
    const { server, bot, health } = await openTestAccount()
    await server.waitFor(() => bot.isPolled())
    bot.faults.add({ on: 'getUpdates', kind: 'unauthorized', times: Number.POSITIVE_INFINITY })
    bot.takeOver()
    await expect.poll(() => health.at(-1)).toMatchObject({ state: 'needs-login' })
    const polls = bot.countCalls('getUpdates')
    for (let round = 0; round < 20; round += 1) await fetch(`${server.url}/bot1:x/getMe`)
    expect(bot.countCalls('getUpdates')).toBe(polls)
  })
})
