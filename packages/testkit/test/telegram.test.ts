import { describe, expect, it, onTestFinished } from 'vitest'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  createTelegramServer,
  type TelegramBot,
  type TelegramServer,
} from '@junctor/testkit/telegram'

const token = '123456:TEST'
const group = -1_001_000_000_001

interface Answer {
  readonly ok: boolean
  readonly result?: unknown
  readonly error_code?: number
  readonly description?: string
  readonly parameters?: object
}

interface Client {
  readonly server: TelegramServer
  readonly bot: TelegramBot
  call(method: string, params?: object, as?: string): Promise<Answer>
}

async function start(options: { readonly privacyMode?: boolean } = {}): Promise<Client> {
  const server = await createTelegramServer({
    bots: [
      { token, username: 'one_bot', ...options },
      { token: '654321:OTHER', username: 'other_bot' },
    ],
  })
  onTestFinished(() => server.stop())
  return {
    server,
    bot: server.bot(token),
    async call(method, params = {}, as = token) {
      const response = await fetch(`${server.url}/bot${as}/${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(params),
      })
      return (await response.json()) as Answer
    },
  }
}

const texts = ({ result }: Answer): readonly unknown[] =>
  (result as { message?: { text?: string } }[]).map(({ message }) => message?.text)
const ids = ({ result }: Answer): readonly number[] =>
  (result as { update_id: number }[]).map(({ update_id: id }) => id)

describe('the Telegram server', () => {
  it('keeps bots apart and refuses tokens it does not know', async () => {
    const { call, server, bot } = await start()
    server.bot('654321:OTHER').say({ chat: 42, text: 'for the other' })
    expect(await call('getUpdates')).toMatchObject({ ok: true, result: [] })
    expect(await call('getMe')).toMatchObject({ result: { id: 123_456, username: 'one_bot' } })
    expect(await call('getMe', {}, '1:no')).toMatchObject({ error_code: 401 })
    expect(await call('noSuchMethod')).toMatchObject({ error_code: 404 })
    bot.revoke()
    expect(await call('getMe')).toMatchObject({ error_code: 401 })
  })

  it('takes parameters as JSON, form, multipart and query', async () => {
    const { bot, server } = await start()
    bot.addChat(42)
    const url = `${server.url}/bot${token}/sendMessage`
    await fetch(`${url}?chat_id=42&text=query`)
    await fetch(url, { method: 'POST', body: new URLSearchParams({ chat_id: '42', text: 'form' }) })
    const form = new FormData()
    form.set('chat_id', '42')
    form.set('text', 'multipart')
    await fetch(url, { method: 'POST', body: form })
    expect(bot.messages(42).map(({ text }) => text)).toEqual(['query', 'form', 'multipart'])
  })

  it('offers updates until they are confirmed', async () => {
    const { bot, call } = await start()
    bot.say({ chat: 42, text: 'one' })
    bot.say({ chat: 42, text: 'two' })
    const first = await call('getUpdates', { limit: 1 })
    expect(texts(first)).toEqual(['one'])
    expect(texts(await call('getUpdates'))).toEqual(['one', 'two'])
    const [id = 0] = ids(first)
    expect(texts(await call('getUpdates', { offset: id + 1 }))).toEqual(['two'])
    expect(bot.confirmed()).toHaveLength(1)
    expect(texts(await call('getUpdates', { offset: -1 }))).toEqual(['two'])
  })

  it('wakes a long poll with everything that was said at once', async () => {
    const { bot, call, server } = await start()
    const polling = call('getUpdates', { timeout: 20 })
    await server.waitFor(() => bot.isPolled())
    for (const text of ['a', 'b', 'c']) bot.say({ chat: 42, text })
    expect(texts(await polling)).toEqual(['a', 'b', 'c'])
  })

  it('ends the older of two polls with 409', async () => {
    const { bot, call, server } = await start()
    const older = call('getUpdates', { timeout: 20 })
    await server.waitFor(() => bot.isPolled())
    const newer = call('getUpdates', { timeout: 20 })
    expect(await older).toMatchObject({ error_code: 409 })
    bot.say({ chat: 42, text: 'hi' })
    expect(texts(await newer)).toEqual(['hi'])
  })

  it('keeps everything over a restart on the same port', async () => {
    const { bot, call, server } = await start()
    bot.say({ chat: 42, text: 'before' })
    await server.stop()
    await expect(call('getMe')).rejects.toThrow('fetch failed')
    bot.say({ chat: 42, text: 'meanwhile' })
    await server.restart()
    expect(texts(await call('getUpdates'))).toEqual(['before', 'meanwhile'])
  })

  it('leaves out update kinds that were not asked for', async () => {
    const { bot, call } = await start()
    const { message_id: id } = bot.say({ chat: 42, text: 'hi' })
    bot.react({ chat: 42, id, emoji: '👍' })
    expect(ids(await call('getUpdates'))).toHaveLength(1)
    await call('getUpdates', { allowed_updates: ['message_reaction'] })
    bot.react({ chat: 42, id, emoji: '🔥' })
    bot.say({ chat: 42, text: 'unheard' })
    expect(ids(await call('getUpdates'))).toHaveLength(2)
  })

  it('hides a group from a bot in privacy mode unless it is meant', async () => {
    const { bot, call } = await start({ privacyMode: true })
    for (const text of ['talk', '/help', 'hey @one_bot']) bot.say({ chat: group, text })
    expect(texts(await call('getUpdates'))).toEqual(['/help', 'hey @one_bot'])
  })

  it('refuses what Telegram refuses', async () => {
    const { bot, call } = await start()
    bot.addChat(42)
    bot.addTopic(group, 7)
    bot.block(77)
    bot.migrate(-6, group)
    const { result } = await call('sendMessage', { chat_id: 42, text: 'hi' })
    const id = (result as { message_id: number }).message_id
    const refusals: readonly (readonly [string, object, string])[] = [
      ['sendMessage', { chat_id: 1, text: 'x' }, 'chat not found'],
      ['sendMessage', { chat_id: 42, text: '  ' }, 'message text is empty'],
      ['sendMessage', { chat_id: 42, text: 'x'.repeat(4097) }, 'message is too long'],
      ['sendMessage', { chat_id: 77, text: 'x' }, 'bot was blocked by the user'],
      ['sendMessage', { chat_id: -6, text: 'x' }, 'upgraded to a supergroup'],
      [
        'sendMessage',
        { chat_id: group, text: 'x', message_thread_id: 8 },
        'message thread not found',
      ],
      [
        'sendMessage',
        { chat_id: 42, text: 'x', reply_parameters: { message_id: 99 } },
        'message to be replied not found',
      ],
      ['sendMessage', { chat_id: 42, text: '<b>x', parse_mode: 'HTML' }, "can't parse entities"],
      [
        'sendMessage',
        { chat_id: 42, text: 'a.b', parse_mode: 'MarkdownV2' },
        "can't parse entities",
      ],
      [
        'sendMessage',
        { chat_id: 42, text: '👍', entities: [{ type: 'bold', offset: 1, length: 1 }] },
        'ENTITY_BOUNDS_INVALID',
      ],
      ['editMessageText', { chat_id: 42, message_id: id, text: 'hi' }, 'message is not modified'],
      ['editMessageText', { chat_id: 42, message_id: 99, text: 'x' }, 'message to edit not found'],
      ['deleteMessage', { chat_id: 42, message_id: 99 }, 'message to delete not found'],
      [
        'setMessageReaction',
        { chat_id: 42, message_id: id, reaction: [{ type: 'emoji', emoji: '🦑' }] },
        'REACTION_INVALID',
      ],
      ['getFile', { file_id: 'x' }, 'invalid file_id'],
    ]
    for (const [method, params, description] of refusals) {
      expect(await call(method, params)).toMatchObject({
        ok: false,
        description: expect.stringContaining(description),
      })
    }
    expect(await call('sendMessage', { chat_id: -6, text: 'x' })).toMatchObject({
      parameters: { migrate_to_chat_id: group },
    })
  })

  it('counts the length after entities and trims what Telegram trims', async () => {
    const { bot, call } = await start()
    bot.addChat(42)
    const text = `<b>${'x'.repeat(4096)}</b>`
    expect(await call('sendMessage', { chat_id: 42, text, parse_mode: 'HTML' })).toMatchObject({
      ok: true,
    })
    const entities = [{ type: 'bold', offset: 2, length: 3 }]
    expect(await call('sendMessage', { chat_id: 42, text: '  abc  ', entities })).toMatchObject({
      result: { text: 'abc', entities: [{ offset: 0, length: 3 }] },
    })
  })

  it('shows a chat with its history', async () => {
    const { bot, call } = await start()
    bot.say({ chat: 42, text: 'hi' })
    const { result } = await call('sendMessage', { chat_id: 42, text: 'a' })
    const { message_id: id } = result as { message_id: number }
    await call('editMessageText', { chat_id: 42, message_id: id, text: 'b' })
    await call('editMessageText', { chat_id: 42, message_id: id, text: 'c' })
    expect(bot.messages(42)).toMatchObject([
      { text: 'hi', history: [] },
      { text: 'c', history: ['a', 'b'] },
    ])
  })
})

describe('faults of the Telegram server', () => {
  it('rate limit, fail and drop the calls they wait for', async () => {
    const { bot, call, server } = await start()
    bot.addChat(42)
    server.faults.add(
      { on: 'send*', kind: 'rate-limit', retryAfterMs: 1500 },
      { on: 'send*', kind: 'status', status: 502 },
      { on: 'send*', kind: 'drop-before' },
      { on: 'send*', kind: 'drop-after' },
    )
    const send = (): Promise<Answer> => call('sendMessage', { chat_id: 42, text: 'x' })
    expect(await send()).toMatchObject({ error_code: 429, parameters: { retry_after: 2 } })
    expect(await send()).toMatchObject({ error_code: 502, description: 'Bad Gateway' })
    await expect(send()).rejects.toThrow('fetch failed')
    expect(bot.messages(42)).toEqual([])
    await expect(send()).rejects.toThrow('fetch failed')
    expect(bot.messages(42)).toHaveLength(1)
  })

  it('offer a confirmed update again under a new update id', async () => {
    const { bot, call } = await start()
    bot.faults.add({ on: 'getUpdates', kind: 'duplicate' })
    const { message_id: messageId } = bot.say({ chat: 42, text: 'hi' })
    const [id = 0] = ids(await call('getUpdates'))
    const again = await call('getUpdates', { offset: id + 1 })
    expect(again).toMatchObject({ result: [{ message: { message_id: messageId } }] })
    expect(ids(again)).not.toEqual([id])
  })
})

describe('a webhook of the Telegram server', () => {
  it('gets each update until it answers 2xx, with the secret, and may answer with a call', async () => {
    const { bot, call, server } = await start()
    const seen: unknown[] = []
    const statuses = [500, 200]
    const http = createServer((request, response) => {
      seen.push(request.headers['x-telegram-bot-api-secret-token'])
      response.writeHead(statuses.shift() ?? 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ method: 'sendMessage', chat_id: 42, text: 'reply' }))
    })
    await new Promise<void>((resolve) => {
      http.listen(0, '127.0.0.1', resolve)
    })
    onTestFinished(() => {
      http.closeAllConnections()
      http.close()
    })
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`
    await call('setWebhook', { url, secret_token: 's' })
    expect(await call('getUpdates')).toMatchObject({ error_code: 409 })
    bot.say({ chat: 42, text: 'hi' })
    await server.waitFor(() => bot.messages(42).length === 2)
    expect(seen).toEqual(['s', 's'])
    expect(bot.waiting()).toEqual([])
    expect(bot.messages(42)[1]).toMatchObject({ text: 'reply' })
  })
})
