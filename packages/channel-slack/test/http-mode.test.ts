import type { AppEvent } from '@junctor/testkit/slack'
import { describe, expect, it } from 'vitest'
import { openTestAccount, patience, type TestAccount } from './account.ts'

const said: AppEvent = {
  kind: 'events_api',
  body: {
    type: 'event_callback',
    event_id: 'Ev1',
    event: {
      type: 'message',
      channel: 'C1',
      channel_type: 'channel',
      user: 'U1',
      text: 'hi',
      ts: '1700000000.000100',
      event_ts: '1700000000.000100',
    },
  },
}

type Signing = Parameters<TestAccount['workspace']['sign']>[1]

async function post(
  { workspace, connection }: TestAccount,
  event: AppEvent,
  signing?: Signing,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response | undefined> {
  const signed = workspace.sign(event, signing)
  const init = { method: 'POST', body: signed.body, headers: { ...signed.headers, ...headers } }
  return connection.handleRequest?.(new Request('http://127.0.0.1/', init))
}

describe('events over HTTP', () => {
  it('are taken in, stored and then answered, without a socket', async () => {
    const { workspace, events } = await openTestAccount({ mode: 'http' })
    for (const text of ['a', 'b', 'c']) workspace.say({ channel: 'C1', text })
    const all = await events(3)
    expect(all.map((event) => event.type === 'message' && event.text)).toEqual(['a', 'b', 'c'])
    await expect.poll(() => workspace.acknowledged().length, patience).toBe(3)
    expect(workspace.countCalls('apps.connections.open')).toBe(0)
  })

  it('with a wrong, an old or no signature are refused', async () => {
    const account = await openTestAccount({ mode: 'http' })
    const old = Math.floor(Date.now() / 1000) - 301
    expect((await post(account, said, { secret: 'wrong' }))?.status).toBe(401)
    expect((await post(account, said, { timestamp: old }))?.status).toBe(401)
    for (const name of ['x-slack-signature', 'x-slack-request-timestamp'])
      expect((await post(account, said, {}, { [name]: '' }))?.status).toBe(401)
    expect((await post(account, said, {}, { 'x-slack-signature': 'v0=ü' }))?.status).toBe(401)
    const get = new Request('http://127.0.0.1/')
    expect((await account.connection.handleRequest?.(get))?.status).toBe(405)
    expect(account.received).toEqual([])
    expect((await post(account, said))?.status).toBe(200)
    expect(account.received).toHaveLength(1)
  })

  it('begin with the challenge of the address', async () => {
    const account = await openTestAccount({ mode: 'http' })
    const challenge = { type: 'url_verification', challenge: 'abc', token: 'x' }
    const answer = await post(account, { kind: 'events_api', body: challenge })
    expect([answer?.status, await answer?.json()]).toEqual([200, { challenge: 'abc' }])
    const forged = await post(account, { kind: 'events_api', body: challenge }, { secret: 'no' })
    expect(forged?.status).toBe(401)
  })

  it('that could not be stored in time are not acknowledged, and join their next attempt', async () => {
    const stored = Promise.withResolvers<'accepted'>()
    const account = await openTestAccount({
      mode: 'http',
      timing: { storeTimeoutMs: 20 },
      receive: () => stored.promise,
    })
    expect((await post(account, said))?.status).toBe(503)
    const retry = { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_error' }
    const again = post(account, said, {}, retry)
    stored.resolve('accepted')
    expect((await again)?.status).toBe(200)
    expect(account.received).toHaveLength(1)
  })

  it('that say nothing to us are answered, and what nobody can read does not come again', async () => {
    const account = await openTestAccount({ mode: 'http' })
    const click: AppEvent = { kind: 'interactive', body: { type: 'block_actions' } }
    expect((await post(account, click))?.status).toBe(200)
    expect(account.logged).toEqual([])
    expect((await post(account, { kind: 'events_api', body: { type: 'x' } }))?.status).toBe(200)
    expect(account.logged).toEqual(['Slack request skipped: no event'])
    expect(account.received).toEqual([])
  })

  it('may be slash commands, which come as forms', async () => {
    const { workspace, events } = await openTestAccount({ mode: 'http' })
    workspace.command({ channel: 'U7', command: '/ask', text: 'a & b' })
    expect(await events(1)).toMatchObject([{ text: '/ask a & b', peer: { kind: 'dm', id: 'U7' } }])
  })

  it('are not taken after close', async () => {
    const account = await openTestAccount({ mode: 'http' })
    await account.connection.close({ signal: AbortSignal.timeout(1000) })
    expect((await post(account, said))?.status).toBe(503)
    expect(account.received).toEqual([])
  })

  it('of an app in several workspaces go to the account of theirs', async () => {
    const second = 'xoxb-fake-secret-two'
    const signingSecret = 'fake-signing-secret-one'
    const workspaces = [
      { botToken: 'xoxb-fake-secret-one', signingSecret },
      { botToken: second, signingSecret },
    ]
    const one = await openTestAccount({ mode: 'http', serverOptions: { workspaces } })
    const team = one.server.workspace(second).teamId
    const event: AppEvent = { ...said, body: { ...said.body, team_id: team } }
    expect((await post(one, event))?.status).toBe(503)
    const two = await openTestAccount({
      mode: 'http',
      server: one.server,
      channel: one.channel,
      accountId: 'other',
      config: { botToken: second },
    })
    expect((await post(one, event))?.status).toBe(200)
    expect(two.received).toMatchObject([{ accountId: 'other', teamId: team }])
    expect(one.received).toEqual([])
  })
})

describe('an account that receives over HTTP', () => {
  it('notices when Slack cannot be reached, and when it can again', async () => {
    const { server, untilHealth } = await openTestAccount({ mode: 'http' })
    await server.stop()
    await untilHealth('offline')
    await server.restart()
    await untilHealth('online')
  })
})
