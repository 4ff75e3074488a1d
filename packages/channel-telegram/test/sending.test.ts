import { describe, expect, it } from 'vitest'
import type { OutboundFile } from '@junctor/channel'
import { addressOf, openTestAccount } from './account.ts'

const options = { idempotencyKey: 'key', signal: AbortSignal.timeout(20_000) }
const moved = -1_001_000_000_099

function file(name: string, mediaType: string, size = 4): OutboundFile {
  return { name, mediaType, data: () => ReadableStream.from([new Uint8Array(size)]) }
}

describe('sending to Telegram', () => {
  it('formats markdown with entities and never with a parse mode', async () => {
    const { bot, send } = await openTestAccount()
    bot.addChat(42)
    await send(42, { text: '👍 **bold** `x`', format: 'markdown' })
    const { message } = bot.messages(42)[0] ?? {}
    expect(message).toMatchObject({
      text: '👍 bold x',
      entities: [
        { type: 'code', offset: 8, length: 1 },
        { type: 'bold', offset: 3, length: 4 },
      ],
    })
    expect(bot.calls.at(-1)?.params).not.toHaveProperty('parse_mode')
  })

  it('follows a group that became a supergroup, and remembers where it went', async () => {
    const { bot, send } = await openTestAccount()
    bot.migrate(-6, moved)
    await send(-6, { text: 'one' })
    await send(-6, { text: 'two' })
    expect(bot.messages(moved).map(({ text }) => text)).toEqual(['one', 'two'])
    expect(bot.countCalls('sendMessage')).toBe(3)
  })

  it('answers a message that was deleted without the arrow to it', async () => {
    const { bot, send } = await openTestAccount()
    bot.addChat(42)
    await send(42, { text: 'hi', replyTo: '999' })
    expect(bot.messages(42)).toHaveLength(1)
  })

  it.each([
    ['NOT_FOUND', 999, { text: 'hi' }],
    ['FORBIDDEN', 77, { text: 'hi' }],
    ['INVALID', 42, { text: ' ' }],
    ['NOT_FOUND', 42, { text: 'hi', replyTo: 'no number' }],
    ['TOO_LARGE', 42, { text: 'x'.repeat(4097) }],
  ])('refuses with %s', async (code, chat, message) => {
    const { bot, send } = await openTestAccount()
    bot.addChat(42)
    bot.block(77)
    await expect(send(chat, message)).rejects.toMatchObject({ code, channel: 'telegram' })
  })

  it('tells a topic that is gone from one that is there', async () => {
    const { bot, connection } = await openTestAccount()
    bot.addTopic(moved, 7)
    const message = { text: 'hi', format: 'plain' } as const
    await connection.send(addressOf(moved, '7'), message, options)
    await expect(connection.send(addressOf(moved, '8'), message, options)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    await connection.typing?.(addressOf(moved, '7'), options)
    expect(bot.calls.at(-1)).toMatchObject({ params: { message_thread_id: 7, action: 'typing' } })
  })

  it.each([
    ['UNKNOWN', 500],
    ['UNKNOWN', 502],
    ['UNAVAILABLE', 503],
    ['UNAUTHORIZED', 401],
    ['CONFLICT', 409],
  ])('reports %s for status %i', async (code, status) => {
    const { server, bot, send } = await openTestAccount()
    bot.addChat(42)
    server.faults.add({ on: 'sendMessage', kind: 'status', status })
    await expect(send(42, { text: 'hi' })).rejects.toMatchObject({ code })
  })

  it('reports UNKNOWN for an answer that is no JSON', async () => {
    const { server, bot, send } = await openTestAccount()
    bot.addChat(42)
    server.faults.add({ on: 'sendMessage', kind: 'garbage', body: '<html>' })
    await expect(send(42, { text: 'hi' })).rejects.toMatchObject({ code: 'UNKNOWN' })
  })

  it('reports UNSUPPORTED for an emoji that Telegram has no reaction for, and takes reactions back', async () => {
    const { bot, connection } = await openTestAccount()
    const { message_id: id } = bot.say({ chat: 42, text: 'hi' })
    const react = connection.react?.bind(connection)
    await expect(react?.(addressOf(42), String(id), '🦑', options)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    })
    await react?.(addressOf(42), String(id), '🔥', options)
    await react?.(addressOf(42), String(id), '', options)
    expect(bot.messages(42)[0]?.reactions).toEqual([])
  })
})

describe('files', () => {
  it('go out as what they are, with the text as caption', async () => {
    const { bot, send } = await openTestAccount()
    bot.addChat(42)
    await send(42, { text: 'see', files: [file('a.png', 'image/png')] })
    await send(42, { files: [file('a.mp4', 'video/mp4')] })
    await send(42, { files: [file('a.mp3', 'audio/mpeg')] })
    await send(42, { files: [file('a.txt', 'text/plain')] })
    expect(
      bot
        .messages(42)
        .map(({ text, message: { photo, video, audio, document } }) => [
          text,
          Boolean(photo),
          Boolean(video),
          Boolean(audio),
          document?.file_name,
        ]),
    ).toEqual([
      ['see', true, false, false, undefined],
      ['', false, true, false, undefined],
      ['', false, false, true, undefined],
      ['', false, false, false, 'a.txt'],
    ])
  })

  it('go out together as an album', async () => {
    const { bot, send } = await openTestAccount()
    bot.addChat(42)
    await send(42, {
      text: 'see',
      files: [file('a.png', 'image/png'), file('b.pdf', 'application/pdf')],
    })
    expect(
      bot.messages(42).map(({ text, message }) => [text, message.document?.file_name]),
    ).toEqual([
      ['see', 'a.png'],
      ['', 'b.pdf'],
    ])
  })

  it('follow a text that is too long for a caption', async () => {
    const { bot, send } = await openTestAccount()
    bot.addChat(42)
    const { nativeId } = await send(42, {
      text: 'x'.repeat(2000),
      files: [file('a.txt', 'text/plain')],
    })
    const [text, document] = bot.messages(42)
    expect([String(text?.id), document?.message.document?.file_name]).toEqual([nativeId, 'a.txt'])
  })

  it('that fail after their text was posted do not count as not posted', async () => {
    const { server, bot, send } = await openTestAccount()
    bot.addChat(42)
    server.faults.add({ on: 'sendDocument', kind: 'rate-limit', retryAfterMs: 1000 })
    const files = [file('a.txt', 'text/plain')]
    await expect(send(42, { text: 'x'.repeat(2000), files })).rejects.toMatchObject({
      code: 'UNKNOWN',
    })
  })

  it('larger than Telegram takes are refused', async () => {
    const { bot, send } = await openTestAccount()
    bot.addChat(42)
    const files = [file('big.bin', 'application/octet-stream', 51 * 1024 * 1024)]
    await expect(send(42, { files })).rejects.toMatchObject({ code: 'TOO_LARGE' })
    expect(bot.countCalls('sendDocument')).toBe(0)
  })

  it('too large for a bot to download are refused', async () => {
    const { bot, connection, event } = await openTestAccount()
    const data = new Uint8Array(21 * 1024 * 1024)
    bot.say({ chat: 42, file: { kind: 'document', name: 'big.bin', data } })
    const message = await event(0)
    const ref = message.type === 'message' ? message.attachments[0]?.ref : undefined
    await expect(connection.download?.(ref ?? '', options)).rejects.toMatchObject({
      code: 'TOO_LARGE',
    })
    await expect(connection.download?.('nothing', options)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })
})
