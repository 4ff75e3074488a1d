import { describe, expect, it } from 'vitest'
import type { OutboundFile } from '@junctor/channel'
import { personId } from '@junctor/testkit/discord'
import { callOptions, directAddress, roomAddress, startDiscord } from './account.ts'

const ada = personId(7)
const create = 'POST /channels/*/messages'

function file(name: string, size = 4): OutboundFile {
  return { name, mediaType: 'text/plain', data: () => ReadableStream.from([new Uint8Array(size)]) }
}

describe('sending to Discord', () => {
  it('reaches a person by id, also one who has never written', async () => {
    const { server, bot, open } = await startDiscord()
    const { connection } = await open()
    const message = { text: 'hello', format: 'plain' } as const
    await connection.send(directAddress(ada), message, callOptions('1'))
    await connection.send(directAddress(ada), message, callOptions('2'))
    await connection.typing?.(directAddress(ada), callOptions())
    expect(server.messages(bot.directChannel(7)).map(({ text }) => text)).toEqual([
      'hello',
      'hello',
    ])
    expect(bot.countCalls('POST /users/@me/channels')).toBe(1)
  })

  it('notifies nobody but the person it answers', async () => {
    const { server, room, open } = await startDiscord()
    const { send } = await open()
    const { id } = server.say({ channel: room, from: ada, text: 'hi' })
    const text = `@everyone @here <@${personId(8)}> <@&123456789012345678>`
    await send(room, { text, format: 'markdown', replyTo: id })
    const { nativeId } = await send(room, { text: 'draft' })
    await open()
    const shown = server.messages(room)
    expect(shown.map(({ pinged }) => pinged)).toEqual([[], [ada], []])
    expect(shown[2]?.id).toBe(nativeId)
  })

  it('answers a message that was deleted without the arrow to it', async () => {
    const { server, room, open } = await startDiscord()
    const { send } = await open()
    await send(room, { text: 'hi', replyTo: '123456789012345678' })
    expect(server.messages(room)).toHaveLength(1)
  })

  it('posts once for one key, also when the first answer got lost', async () => {
    const { server, room, open } = await startDiscord()
    const { send } = await open()
    server.faults.add({ on: create, kind: 'drop-after' })
    const key = `a long key ${'x'.repeat(100)}`
    await expect(send(room, { text: 'hi' }, key)).rejects.toMatchObject({ code: 'UNKNOWN' })
    const { nativeId } = await send(room, { text: 'hi' }, key)
    expect(server.messages(room).map(({ id }) => id)).toEqual([nativeId])
    await send(room, { text: 'hi' }, `${key}y`)
    expect(server.messages(room)).toHaveLength(2)
  })

  it('opens an archived thread and posts then, but not one that is locked', async () => {
    const { server, room, open } = await startDiscord()
    const thread = server.addThread({ parent: room })
    const { connection } = await open()
    const message = { text: 'hi', format: 'plain' } as const
    server.archive(thread)
    await connection.send(roomAddress(room, thread), message, callOptions('1'))
    expect(server.messages(thread)).toHaveLength(1)
    server.archive(thread, { locked: true })
    const again = connection.send(roomAddress(room, thread), message, callOptions('2'))
    await expect(again).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('reports a full bucket without asking Discord, and each bucket alone', async () => {
    const { server, bot, guild, room, open } = await startDiscord({
      rateLimit: { calls: 2, perMs: 60_000 },
    })
    const { send } = await open()
    for (const text of ['1', '2']) await send(room, { text })
    const third = send(room, { text: '3' })
    await expect(third).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: expect.any(Number),
    })
    expect(bot.countCalls(`POST /channels/${room}/messages`)).toBe(2)
    await send(server.addChannel({ guild }), { text: 'elsewhere' })
  })

  it('reports a limit of all calls together, wherever they go', async () => {
    const { server, bot, guild, room, open } = await startDiscord()
    const { send } = await open()
    bot.limitCalls(60_000)
    const limited = { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) }
    await expect(send(room, { text: '1' })).rejects.toMatchObject(limited)
    const other = server.addChannel({ guild })
    await expect(send(other, { text: '2' })).rejects.toMatchObject(limited)
    expect([...server.messages(room), ...server.messages(other)]).toEqual([])
  })

  it.each([
    ['UNKNOWN', 500],
    ['UNKNOWN', 502],
    ['UNAVAILABLE', 503],
    ['UNAUTHORIZED', 401],
    ['FORBIDDEN', 403],
    ['NOT_FOUND', 404],
    ['TOO_LARGE', 413],
    ['INVALID', 400],
  ])('reports %s for status %i, and can send again', async (code, status) => {
    const { server, bot, room, open } = await startDiscord()
    const { send } = await open()
    server.faults.add({ on: create, kind: 'status', status })
    await expect(send(room, { text: 'hi' })).rejects.toMatchObject({ code, channel: 'discord' })
    expect(bot.countCalls(create)).toBe(1)
    await send(room, { text: 'hi' })
  })

  it.each(['{"id":', '<html>', '[]', '{"id":7}'])(
    'reports UNKNOWN for the answer %s',
    async (body) => {
      const { server, room, open } = await startDiscord()
      const { send } = await open()
      server.faults.add({ on: create, kind: 'garbage', body })
      await expect(send(room, { text: 'hi' })).rejects.toMatchObject({ code: 'UNKNOWN' })
    },
  )

  it('survives an answer that is far too long, and one that never comes', async () => {
    const { server, room, open } = await startDiscord()
    const { send } = await open({ timing: { requestTimeoutMs: 200 } })
    server.faults.add({ on: create, kind: 'oversize', bytes: 1_000_000 })
    await send(room, { text: 'hi' })
    server.faults.add({ on: create, kind: 'silence' })
    await expect(send(room, { text: 'hi' })).rejects.toMatchObject({ code: 'UNKNOWN' })
  })

  it('tells what Discord refuses from what it cannot find', async () => {
    const { server, bot, guild, room, open } = await startDiscord()
    const { send, connection } = await open()
    const [hidden, mute] = [server.addChannel({ guild }), server.addChannel({ guild })]
    server.closeTo(hidden, 'viewing')
    server.closeTo(mute, 'sending')
    server.closeTo(bot.directChannel(7), 'sending')
    const refusals: readonly (readonly [() => Promise<unknown>, string])[] = [
      [() => send('123456789012345678', { text: 'x' }), 'NOT_FOUND'],
      [() => send(hidden, { text: 'x' }), 'FORBIDDEN'],
      [() => send(mute, { text: 'x' }), 'FORBIDDEN'],
      [
        () => connection.send(directAddress(ada), { text: 'x', format: 'plain' }, callOptions()),
        'FORBIDDEN',
      ],
      [
        () => connection.send(directAddress('me'), { text: 'x', format: 'plain' }, callOptions()),
        'NOT_FOUND',
      ],
      [() => send(room, { text: ' ' }), 'INVALID'],
      [() => send(room, { text: '*'.repeat(2001) }), 'TOO_LARGE'],
    ]
    for (const [refused, code] of refusals) await expect(refused()).rejects.toMatchObject({ code })
    const { id } = server.say({ channel: room, text: 'of a person' })
    const change = { text: 'x', format: 'plain' } as const
    const edit = connection.edit?.(roomAddress(room), id, change, callOptions())
    await expect(edit).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('shows plain text as it is, also where escapes would make it too long', async () => {
    const { server, room, open } = await startDiscord()
    const { send } = await open()
    const text = '# a\n- b\n1. c\n> d\n-# e\n||f|| <@1> https://a.b/x_y_z'
    await send(room, { text })
    await send(room, { text: `${'*'.repeat(1000)}${'_'.repeat(1000)}` })
    const [escaped, raw] = server.messages(room)
    expect(escaped?.text).toBe(text)
    expect(raw?.message.content).toHaveLength(2000)
  })

  it('sends 👩‍👩‍👧, half a surrogate pair and other Unicode', async () => {
    const { server, room, open } = await startDiscord()
    const { send } = await open()
    await send(room, { text: '👩‍👩‍👧 é 漢字 \uD83D!', format: 'markdown' })
    expect(server.messages(room)[0]?.text).toBe('👩‍👩‍👧 é 漢字 \uFFFD!')
  })
})

describe('a reaction', () => {
  it('is given and taken back, also with an emoji of the guild', async () => {
    const { server, room, open } = await startDiscord()
    const { connection } = await open()
    const { id } = server.say({ channel: room, text: 'hi' })
    const react = (emoji: string) => connection.react?.(roomAddress(room), id, emoji, callOptions())
    const given = () => server.messages(room)[0]?.reactions.map(({ emoji }) => emoji)
    await react('🔥')
    await react('<:party:123456789012345678>')
    expect(given()).toEqual(['🔥', 'party:123456789012345678'])
    await react('')
    expect(given()).toEqual([])
    await expect(react('nothing')).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })
})

describe('files', () => {
  it('go out with their text and names', async () => {
    const { server, bot, room, open } = await startDiscord()
    const { send } = await open()
    await send(room, { text: 'see', files: [file('ä b.txt'), file('c.txt')] })
    const [shown] = server.messages(room)
    expect([shown?.text, shown?.message.attachments.length]).toEqual(['see', 2])
    expect(bot.calls.at(-1)?.files).toEqual(['ä b.txt', 'c.txt'])
  })

  it('that Discord would not take are refused before anything is posted', async () => {
    const { bot, room, open } = await startDiscord()
    const { send } = await open()
    const large = send(room, { files: [file('big.bin', 11 * 1024 * 1024)] })
    await expect(large).rejects.toMatchObject({ code: 'TOO_LARGE' })
    const many = Array.from({ length: 11 }, (_, index) => file(`${index}.txt`))
    await expect(send(room, { files: many })).rejects.toMatchObject({ code: 'INVALID' })
    expect(bot.countCalls(create)).toBe(0)
  })
})
