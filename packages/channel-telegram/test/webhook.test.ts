import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Connection } from '@junctor/channel'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openTestAccount, type TestAccount, type TestAccountOptions } from './account.ts'

const secret = 's3cret_-'

/** An account in webhook mode, mounted on a real port that is registered with the fake server. */
async function openWebhook(options: TestAccountOptions = {}): Promise<TestAccount> {
  let connection: Connection | undefined
  const http = createServer((request, response) => {
    void (async () => {
      const headers = new Headers(request.headers as Record<string, string>)
      const init = { method: 'POST', headers, body: await text(request) }
      const answer = await connection?.handleRequest?.(new Request('http://127.0.0.1/hook', init))
      response.writeHead(answer?.status ?? 503).end()
    })()
  })
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve)
  })
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/hook`
  const account = await openTestAccount({ ...options, config: { webhook: { url, secret } } })
  connection = account.connection
  return account
}

function post(body: string, given = secret): Request {
  return new Request('http://127.0.0.1/hook', {
    method: 'POST',
    headers: { 'x-telegram-bot-api-secret-token': given },
    body,
  })
}

describe('a Telegram webhook', () => {
  it('receives without polling, in order', async () => {
    const { bot, event, received } = await openWebhook()
    for (let index = 0; index < 5; index += 1) bot.say({ chat: 42, text: `m${index}` })
    await event(4)
    expect(received.map((envelope) => envelope.type === 'message' && envelope.text)).toEqual([
      'm0',
      'm1',
      'm2',
      'm3',
      'm4',
    ])
    expect(bot.countCalls('getUpdates')).toBe(0)
    expect(bot.calls.find(({ method }) => method === 'setWebhook')?.params).toMatchObject({
      secret_token: secret,
      max_connections: 1,
    })
  })

  it('is offered an update again that could not be stored', async () => {
    let failures = 2
    const { bot, event, received } = await openWebhook({
      async receive() {
        failures -= 1
        if (failures >= 0) throw new Error('disk full')
        return 'accepted'
      },
    })
    bot.say({ chat: 42, text: 'hi' })
    await event(2)
    expect(received.map(({ nativeId }) => nativeId)).toEqual(['1', '1', '1'])
  })

  it('refuses requests without the secret', async () => {
    const { connection, received } = await openWebhook()
    const body = JSON.stringify({ update_id: 1 })
    const statuses = await Promise.all(
      [post(body, 'wrong'), post(body, ''), new Request('http://127.0.0.1/hook')].map(
        async (request) => (await connection.handleRequest?.(request))?.status,
      ),
    )
    expect(statuses).toEqual([401, 401, 405])
    expect(received).toEqual([])
  })

  it('does not let an unreadable body hold up the others', async () => {
    const { connection, logged } = await openWebhook()
    for (const body of ['{bad', '[]', '{"update_id":"x"}', '{"update_id":7,"message":{}}']) {
      const answer = await connection.handleRequest?.(post(body))
      expect(answer?.status, body).toBe(200)
    }
    expect(logged).toHaveLength(4)
  })

  it('takes nothing after close', async () => {
    const { connection, received } = await openWebhook()
    await connection.close({ signal: AbortSignal.timeout(1000) })
    const answer = await connection.handleRequest?.(post('{"update_id":1}'))
    expect(answer?.status).toBe(503)
    expect(received).toEqual([])
  })
})
