import { describe, expect, it, onTestFinished } from 'vitest'
import {
  createDiscordServer,
  personId,
  type DiscordBot,
  type DiscordServer,
  type DiscordServerOptions,
} from '@junctor/testkit/discord'

const token = 'fake-token-1'
const allIntents = (1 << 0) | (1 << 9) | (1 << 10) | (1 << 12) | (1 << 13) | (1 << 15)

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: Headers
}

interface Start {
  readonly server: DiscordServer
  readonly bot: DiscordBot
  readonly guild: string
  readonly room: string
  call(route: string, body?: unknown, as?: string): Promise<Answer>
  post(channel: string, body: object): Promise<Answer>
}

async function start(options: Partial<DiscordServerOptions> = {}): Promise<Start> {
  const server = await createDiscordServer({
    bots: [
      { token, username: 'one' },
      { token: 'fake-token-2', username: 'two', messageContent: false },
    ],
    ...options,
  })
  onTestFinished(() => server.stop())
  const guild = server.addGuild()
  const call: Start['call'] = async (route, body, as = token) => {
    const [method = '', path = ''] = route.split(' ')
    const response = await fetch(`${server.url}/v10${path}`, {
      method,
      headers: {
        authorization: `Bot ${as}`,
        ...(body instanceof FormData ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined
        ? {}
        : { body: body instanceof FormData ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const { status, headers } = response
    return { status, headers, body: text === '' ? {} : (JSON.parse(text) as Answer['body']) }
  }
  return {
    server,
    bot: server.bot(token),
    guild,
    room: server.addChannel({ guild }),
    call,
    post: (channel, body) => call(`POST /channels/${channel}/messages`, body),
  }
}

interface Payload {
  readonly op: number
  readonly s?: number
  readonly t?: string
  readonly d: Readonly<Record<string, unknown>> & { valueOf(): unknown }
}

/** A bare gateway client. */
function connect(server: DiscordServer): {
  readonly got: readonly Payload[]
  readonly closed: Promise<number>
  send(op: number, d: unknown): void
  of(t: string): readonly Payload[]
  until(what: () => boolean): Promise<void>
  close(code?: number): void
} {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/?v=10&encoding=json`)
  onTestFinished(() => socket.close())
  const got: Payload[] = []
  const { promise: closed, resolve } = Promise.withResolvers<number>()
  socket.addEventListener('message', ({ data }) => got.push(JSON.parse(String(data)) as Payload))
  socket.addEventListener('close', ({ code }) => resolve(code))
  const opened = new Promise((done) => socket.addEventListener('open', done))
  return {
    got,
    closed,
    send: (op, d) => void opened.then(() => socket.send(JSON.stringify({ op, d }))),
    of: (t) => got.filter((payload) => payload.t === t),
    until: (what) => expect.poll(what, { timeout: 10_000 }).toBe(true),
    close: (code) => socket.close(code),
  }
}

async function identified(server: DiscordServer, as = token, intents = allIntents) {
  const client = connect(server)
  client.send(2, { token: as, intents, properties: {} })
  await client.until(() => client.of('READY').length === 1)
  const [ready] = client.of('READY')
  return { ...client, sessionId: String(ready?.d['session_id']) }
}

const texts = (payloads: readonly Payload[]): readonly unknown[] =>
  payloads.map(({ d }) => d['content'])

describe('the Discord gateway', () => {
  it('says HELLO, then READY and the guilds to whoever identifies', async () => {
    const { server, guild, room, bot } = await start({ heartbeatIntervalMs: 1234 })
    const client = await identified(server)
    expect(client.got[0]).toMatchObject({ op: 10, d: { heartbeat_interval: 1234 } })
    expect(client.of('READY')[0]?.d).toMatchObject({
      user: { id: bot.user.id },
      guilds: [{ id: guild, unavailable: true }],
    })
    await client.until(() => client.of('GUILD_CREATE').length === 1)
    expect(client.of('GUILD_CREATE')[0]?.d).toMatchObject({ id: guild, channels: [{ id: room }] })
    expect(bot.intents()).toBe(allIntents)
  })

  it('answers heartbeats, and takes their number as an acknowledgement', async () => {
    const { server, bot, room } = await start()
    const client = await identified(server)
    const { id } = server.say({ channel: room, text: 'hi' })
    await client.until(() => client.of('MESSAGE_CREATE').length === 1)
    client.send(1, client.of('MESSAGE_CREATE')[0]?.s ?? 0)
    await server.waitFor(() => bot.acknowledged().includes(id))
    await client.until(() => client.got.some(({ op }) => op === 11))
    bot.ignoreHeartbeats()
    const before = client.got.length
    client.send(1, 0)
    server.say({ channel: room, text: 'later' })
    await client.until(() => client.of('MESSAGE_CREATE').length === 2)
    expect(client.got.slice(before).map(({ op }) => op)).toEqual([0])
  })

  it('replays to a client that resumes what it has not told to have', async () => {
    const { server, bot, room } = await start()
    const first = await identified(server)
    server.say({ channel: room, text: 'one' })
    await first.until(() => first.of('MESSAGE_CREATE').length === 1)
    const seq = first.of('MESSAGE_CREATE')[0]?.s ?? 0
    bot.drop()
    expect(await first.closed).toBe(1006)
    server.say({ channel: room, text: 'two' })
    const second = connect(server)
    second.send(6, { token, session_id: first.sessionId, seq })
    await second.until(() => second.of('RESUMED').length === 1)
    expect(texts(second.of('MESSAGE_CREATE'))).toEqual(['two'])
    expect(bot.resumes()).toBe(1)
  })

  it('knows no session that was given up or forgotten, and no number from the future', async () => {
    const { server, bot } = await start()
    const first = await identified(server)
    first.close(1000)
    await first.closed
    await server.waitFor(() => !bot.isConnected())
    const given = { token, session_id: first.sessionId, seq: 1 }
    const second = connect(server)
    second.send(6, given)
    await second.until(() => second.got.some(({ op, d }) => op === 9 && d.valueOf() === false))
    const third = await identified(server)
    const fourth = connect(server)
    fourth.send(6, { token, session_id: third.sessionId, seq: 99 })
    expect(await fourth.closed).toBe(4007)
    bot.forgetSessions()
    const fifth = connect(server)
    fifth.send(6, { token, session_id: third.sessionId, seq: 1 })
    await fifth.until(() => fifth.got.some(({ op }) => op === 9))
  })

  it('closes with the code of what went wrong', async () => {
    const { server, bot } = await start()
    const closedBy = (op: number, d: unknown): Promise<number> => {
      const client = connect(server)
      client.send(op, d)
      return client.closed
    }
    expect(await closedBy(2, { token: 'no', intents: 1 })).toBe(4004)
    expect(await closedBy(2, { token, intents: -1 })).toBe(4013)
    expect(await closedBy(2, { token: 'fake-token-2', intents: 1 << 15 })).toBe(4014)
    expect(await closedBy(3, {})).toBe(4003)
    bot.answerHandshakes({ close: 4008 })
    expect(await closedBy(2, { token, intents: 1 })).toBe(4008)
    const client = await identified(server)
    bot.close(4009)
    expect(await client.closed).toBe(4009)
    const other = await identified(server)
    bot.revoke()
    expect(await other.closed).toBe(4004)
  })

  it('tells a bot only what its intents ask for', async () => {
    const { server, bot, room } = await start()
    const client = await identified(server, token, (1 << 0) | (1 << 9))
    const direct = bot.directChannel(7)
    server.say({ channel: direct, text: 'private' })
    const { id } = server.say({ channel: room, text: 'secret' })
    server.react({ channel: room, id, emoji: '👍' })
    server.say({ channel: room, text: `hey <@${bot.user.id}>` })
    await client.until(() => client.of('MESSAGE_CREATE').length === 2)
    expect(texts(client.of('MESSAGE_CREATE'))).toEqual(['', `hey <@${bot.user.id}>`])
    expect(client.of('MESSAGE_REACTION_ADD')).toEqual([])
  })

  it('brings edits, deletions, reactions and threads', async () => {
    const { server, room } = await start()
    const client = await identified(server)
    const thread = server.addThread({ parent: room })
    const { id } = server.say({ channel: thread, text: 'one' })
    server.edit({ channel: thread, id, text: 'two' })
    server.react({ channel: thread, id, emoji: '👍' })
    server.unreact({ channel: thread, id, emoji: '👍' })
    server.remove(thread, id)
    await client.until(() => client.of('MESSAGE_DELETE').length === 1)
    expect(client.got.slice(3).map(({ t }) => t)).toEqual([
      'THREAD_CREATE',
      'MESSAGE_CREATE',
      'MESSAGE_UPDATE',
      'MESSAGE_REACTION_ADD',
      'MESSAGE_REACTION_REMOVE',
      'MESSAGE_DELETE',
    ])
    expect(client.of('MESSAGE_UPDATE')[0]?.d).toMatchObject({ channel_id: thread, content: 'two' })
  })

  it('keeps everything over a restart on the same port', async () => {
    const { server, room } = await start()
    const first = await identified(server)
    await server.stop()
    await first.closed
    server.say({ channel: room, text: 'meanwhile' })
    await server.restart()
    const second = connect(server)
    second.send(6, { token, session_id: first.sessionId, seq: 2 })
    await second.until(() => second.of('RESUMED').length === 1)
    expect(texts(second.of('MESSAGE_CREATE'))).toEqual(['meanwhile'])
  })
})

describe('the Discord REST API', () => {
  it('keeps bots apart and refuses tokens it does not know', async () => {
    const { call, bot } = await start()
    expect(await call('GET /users/@me')).toMatchObject({ body: { id: bot.user.id, bot: true } })
    expect((await call('GET /users/@me', undefined, 'no')).status).toBe(401)
    expect((await call('GET /nothing')).status).toBe(404)
    bot.revoke()
    expect((await call('GET /users/@me')).status).toBe(401)
  })

  it('posts, edits, reads and deletes, and tells the bot of its own message', async () => {
    const { server, call, post, room, bot } = await start()
    const client = await identified(server)
    const { body } = await post(room, { content: ' hello ' })
    const id = String(body['id'])
    await client.until(() => client.of('MESSAGE_CREATE').length === 1)
    expect(client.of('MESSAGE_CREATE')[0]?.d).toMatchObject({ id, author: { id: bot.user.id } })
    await call(`PATCH /channels/${room}/messages/${id}`, { content: 'changed' })
    expect(server.messages(room)).toMatchObject([{ id, text: 'changed', history: ['hello'] }])
    const removed = await call(`DELETE /channels/${room}/messages/${id}`)
    expect([removed.status, removed.headers.get('content-type')]).toEqual([204, null])
    expect(server.messages(room)).toEqual([])
  })

  it('pages through what was said after a message, newest first within a page', async () => {
    const { server, call, room } = await start()
    const ids = ['a', 'b', 'c', 'd'].map((text) => server.say({ channel: room, text }).id)
    const route = `GET /channels/${room}/messages?limit=2&after=${ids[0]}`
    const { body } = await call(route)
    expect((body as unknown as { id: string }[]).map(({ id }) => id)).toEqual([ids[2], ids[1]])
  })

  it('posts one message for one enforced nonce', async () => {
    const { server, post, room } = await start()
    const first = await post(room, { content: 'x', nonce: 'n', enforce_nonce: true })
    const second = await post(room, { content: 'x', nonce: 'n', enforce_nonce: true })
    expect(second.body['id']).toBe(first.body['id'])
    await post(room, { content: 'x', nonce: 'n' })
    expect(server.messages(room)).toHaveLength(2)
  })

  it('takes files beside the form, and serves them under signed links', async () => {
    const { server, call, room } = await start()
    const form = new FormData()
    form.append('files[0]', new Blob(['content']), 'a.txt')
    form.append('payload_json', JSON.stringify({ content: 'see' }))
    const { body } = await call(`POST /channels/${room}/messages`, form)
    const [attachment] = body['attachments'] as { url: string; filename: string; size: number }[]
    expect(attachment).toMatchObject({ filename: 'a.txt', size: 7 })
    expect(await (await fetch(attachment?.url ?? '')).text()).toBe('content')
    expect((await fetch(String(attachment?.url).replace(/\?.*/, ''))).status).toBe(404)
    expect(server.messages(room)[0]?.message.attachments).toHaveLength(1)
  })

  it('refuses what Discord refuses', async () => {
    const { server, bot, call, post, room } = await start()
    const { id } = server.say({ channel: room, text: 'by a person' })
    const direct = bot.directChannel(7)
    const [hidden, mute] = [server.addThread({ parent: room }), server.addThread({ parent: room })]
    const thread = server.addThread({ parent: room })
    const { body: own } = await post(thread, { content: 'x' })
    server.closeTo(hidden, 'viewing')
    server.closeTo(mute, 'sending')
    server.closeTo(direct, 'sending')
    server.archive(thread)
    const messages = `/channels/${room}/messages`
    const missing = { content: 'x', message_reference: { message_id: '1' } }
    const refusals: readonly (readonly [string, unknown, number, number])[] = [
      ['POST /channels/100000000000000000/messages', { content: 'x' }, 404, 10_003],
      [`POST /channels/${hidden}/messages`, { content: 'x' }, 403, 50_001],
      [`POST /channels/${mute}/messages`, { content: 'x' }, 403, 50_013],
      [`POST /channels/${direct}/messages`, { content: 'x' }, 403, 50_007],
      [`POST ${messages}`, { content: '  ' }, 400, 50_006],
      [`POST ${messages}`, { content: 'x'.repeat(2001) }, 400, 50_035],
      [`POST ${messages}`, missing, 400, 50_035],
      [`PATCH ${messages}/${id}`, { content: 'x' }, 403, 50_005],
      [`PATCH ${messages}/1`, { content: 'x' }, 404, 10_008],
      [`PATCH /channels/${thread}/messages/${String(own['id'])}`, { content: 'x' }, 400, 50_083],
      [`PUT ${messages}/${id}/reactions/x/@me`, undefined, 400, 10_014],
    ]
    for (const [route, body, status, code] of refusals) {
      expect(await call(route, body), route).toMatchObject({ status, body: { code } })
    }
  })

  it('limits each kind of call in each conversation', async () => {
    const { server, post, room, guild } = await start({ rateLimit: { calls: 2, perMs: 60_000 } })
    const { headers } = await post(room, { content: '1' })
    expect(headers.get('x-ratelimit-remaining')).toBe('1')
    await post(room, { content: '2' })
    const third = await post(room, { content: '3' })
    expect(third).toMatchObject({ status: 429, body: { global: false } })
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(50)
    const other = server.addChannel({ guild })
    expect((await post(other, { content: '1' })).status).toBe(200)
    expect(server.messages(room)).toHaveLength(2)
  })

  it('notifies whom a message names, unless it is told not to', async () => {
    const { server, post, room } = await start()
    const content = `@everyone <@${personId(7)}>`
    await post(room, { content })
    await post(room, { content, allowed_mentions: { parse: [] } })
    expect(server.messages(room).map(({ pinged }) => pinged)).toEqual([
      ['everyone', personId(7)],
      [],
    ])
  })

  it('shows contents as people read them', async () => {
    const { server, post, room } = await start()
    const shown = async (content: string): Promise<string | undefined> => {
      const { body } = await post(room, { content })
      return server.messages(room).find(({ id }) => id === body['id'])?.text
    }
    expect(await shown('**a** *b* _c_ __d__ ~~e~~ ||f|| `*g*`')).toBe('a b c d e f *g*')
    expect(await shown(String.raw`\*a\* \\ snake_case_name 2 * 3`)).toBe(
      String.raw`*a* \ snake_case_name 2 * 3`,
    )
    expect(await shown('# h\n> q\n- i\n[l](https://a.b)\n```ts\n**x**\n```')).toBe(
      'h\nq\n• i\nl\n**x**\n',
    )
  })
})

describe('an interaction', () => {
  it('is acknowledged in time, once, and answered through its token', async () => {
    const { server, bot, call, room } = await start()
    const client = await identified(server)
    const { id, token: interactionToken } = server.command({ token, channel: room, name: 'help' })
    await client.until(() => client.of('INTERACTION_CREATE').length === 1)
    const callback = `POST /interactions/${id}/${interactionToken}/callback`
    expect((await call(callback, { type: 5 })).status).toBe(204)
    expect((await call(callback, { type: 5 })).body).toMatchObject({ code: 40_060 })
    const original = `/webhooks/${bot.applicationId}/${interactionToken}/messages/@original`
    await call(`PATCH ${original}`, { content: 'answer' })
    expect(server.messages(room).map(({ text }) => text)).toEqual(['answer'])
    await call(`DELETE ${original}`)
    expect(server.messages(room)).toEqual([])
  })

  it('that is acknowledged too late is unknown', async () => {
    const { server, call, room } = await start({ interactionDeadlineMs: -1 })
    const { id, token: late } = server.command({ token, channel: room, name: 'help' })
    const { body } = await call(`POST /interactions/${id}/${late}/callback`, { type: 5 })
    expect(body).toMatchObject({ code: 10_062 })
  })
})

describe('faults of the Discord server', () => {
  it('rate limit, fail and drop the calls they wait for', async () => {
    const { server, post, room } = await start()
    const on = 'POST /channels/*/messages'
    server.faults.add(
      { on, kind: 'rate-limit', retryAfterMs: 1500 },
      { on, kind: 'status', status: 502 },
      { on, kind: 'unauthorized' },
      { on, kind: 'drop-before' },
      { on, kind: 'drop-after' },
    )
    const send = (): Promise<Answer> => post(room, { content: 'x' })
    expect((await send()).body).toMatchObject({ retry_after: 1.5 })
    expect((await send()).status).toBe(502)
    expect((await send()).status).toBe(401)
    await expect(send()).rejects.toThrow('fetch failed')
    expect(server.messages(room)).toEqual([])
    await expect(send()).rejects.toThrow('fetch failed')
    expect(server.messages(room)).toHaveLength(1)
  })

  it('double, swap and drop events', async () => {
    const { server, room } = await start()
    const client = await identified(server)
    server.faults.add({ on: 'gateway', kind: 'duplicate' }, { on: 'gateway', kind: 'reorder' })
    for (const text of ['a', 'b', 'c']) server.say({ channel: room, text })
    await client.until(() => client.of('MESSAGE_CREATE').length === 4)
    expect(texts(client.of('MESSAGE_CREATE'))).toEqual(['a', 'a', 'c', 'b'])
    server.faults.add({ on: 'gateway', kind: 'drop-after' })
    server.say({ channel: room, text: 'last' })
    expect(await client.closed).toBe(1006)
  })

  it('end the session for a second process, which has used up the starts', async () => {
    const { server, call, room } = await start()
    const client = await identified(server)
    server.faults.add({ on: 'gateway', kind: 'second-consumer' })
    server.say({ channel: room, text: 'for whom?' })
    await client.until(() => client.got.some(({ op }) => op === 9))
    const limit = (await call('GET /gateway/bot')).body['session_start_limit']
    expect(limit).toMatchObject({ remaining: 0 })
  })

  it('are refused where they cannot happen', async () => {
    const { server } = await start()
    expect(() => server.faults.add({ on: 'gateway', kind: 'garbage' })).toThrow('"garbage"')
    expect(() => server.faults.add({ on: 'POST *', kind: 'duplicate' })).toThrow('"duplicate"')
  })
})
