import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import {
  createSlackServer,
  type SlackServer,
  type SlackServerOptions,
  type SlackWorkspace,
} from '@junctor/testkit/slack'
import { describe, expect, it, onTestFinished } from 'vitest'

const botToken = 'xoxb-test-one'
const other = 'xoxb-test-two'
const patience = { timeout: 10_000 }

interface Answer {
  readonly ok: boolean
  readonly error?: string
  readonly ts?: string
  readonly [field: string]: unknown
}

interface Client {
  readonly server: SlackServer
  readonly slack: SlackWorkspace
  call(method: string, params?: object, token?: string): Promise<Answer>
}

async function start(options: Partial<SlackServerOptions> = {}): Promise<Client> {
  const workspaces = [{ botToken }, { botToken: other }]
  const server = await createSlackServer({
    workspaces,
    retryAfterMs: 40,
    mostRetries: 1000,
    ...options,
  })
  onTestFinished(() => server.stop())
  const call: Client['call'] = async (method, params = {}, token = botToken) => {
    const response = await fetch(`${server.url}${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(params),
    })
    return (await response.json()) as Answer
  }
  return { server, slack: server.workspace(botToken), call }
}

interface Envelope {
  readonly type: string
  readonly envelope_id: string
  readonly retry_attempt?: number
  readonly retry_reason?: string
  readonly payload: { readonly event_id: string; readonly event: Record<string, unknown> }
}

interface Connection {
  readonly frames: readonly Envelope[]
  readonly events: () => readonly Envelope[]
  readonly closed: Promise<void>
  acknowledge(envelope: Envelope | undefined): void
}

/** A Socket Mode connection of a client without any cleverness. */
async function connect({ call, slack }: Client, { acknowledges = true } = {}): Promise<Connection> {
  const { url } = await call('apps.connections.open', {}, slack.appToken)
  const socket = new WebSocket(String(url))
  onTestFinished(() => socket.close())
  const frames: Envelope[] = []
  const acknowledge = (envelope: Envelope | undefined): void =>
    socket.send(JSON.stringify({ envelope_id: envelope?.envelope_id, payload: {} }))
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(String(data)) as Envelope
    frames.push(frame)
    if (acknowledges && frame.envelope_id) acknowledge(frame)
  })
  const closed = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()))
  await expect.poll(() => frames[0]?.type, patience).toBe('hello')
  const events = (): readonly Envelope[] => frames.filter(({ type }) => type === 'events_api')
  return { frames, events, closed, acknowledge }
}

const textsOf = ({ events }: Connection): readonly unknown[] =>
  events().map(({ payload }) => payload.event['text'])

describe('the Slack Web API', () => {
  it('keeps workspaces and kinds of tokens apart', async () => {
    const { server, slack, call } = await start()
    expect(await call('auth.test')).toMatchObject({ ok: true, user_id: slack.botUserId })
    const two = server.workspace(other)
    expect(await call('auth.test', {}, other)).toMatchObject({ team_id: two.teamId })
    expect(two.teamId).not.toBe(slack.teamId)
    expect(await call('auth.test', {}, 'xoxb-no')).toMatchObject({ error: 'invalid_auth' })
    expect(await call('apps.connections.open')).toMatchObject({ error: 'not_allowed_token_type' })
    expect(await call('no.such')).toMatchObject({ error: 'unknown_method' })
    slack.revoke('bot', 'token_revoked')
    expect(await call('auth.test')).toMatchObject({ error: 'token_revoked' })
  })

  it('refuses what Slack refuses', async () => {
    const { slack, call } = await start()
    slack.addConversation('C1')
    slack.addConversation('C2')
    slack.removeFrom('C2')
    slack.addConversation('C3')
    slack.archive('C3')
    slack.deny('users.info')
    const said = slack.say({ channel: 'C1', text: 'hi' })
    const refusals: readonly (readonly [string, object, string])[] = [
      ['chat.postMessage', { channel: 'C9', text: 'x' }, 'channel_not_found'],
      ['chat.postMessage', { channel: 'C2', text: 'x' }, 'not_in_channel'],
      ['chat.postMessage', { channel: 'C3', text: 'x' }, 'is_archived'],
      ['chat.postMessage', { channel: 'C1' }, 'no_text'],
      ['chat.postMessage', { channel: 'C1', text: 'x'.repeat(40_001) }, 'msg_too_long'],
      ['chat.postMessage', { channel: 'C1', markdown_text: 'x'.repeat(12_001) }, 'msg_too_long'],
      ['chat.postMessage', { channel: 'C1', text: 'x', thread_ts: '1' }, 'invalid_thread_ts'],
      [
        'chat.postMessage',
        { channel: 'C1', text: 'x', markdown_text: 'x' },
        'markdown_text_conflict',
      ],
      ['chat.update', { channel: 'C1', ts: '1.0', text: 'x' }, 'message_not_found'],
      ['chat.update', { channel: 'C1', ts: said.ts, text: 'x' }, 'cant_update_message'],
      ['chat.update', { channel: 'U1', ts: said.ts, text: 'x' }, 'channel_not_found'],
      ['chat.delete', { channel: 'C1', ts: said.ts }, 'cant_delete_message'],
      ['reactions.add', { channel: 'C1', timestamp: '1.0', name: 'eyes' }, 'message_not_found'],
      ['reactions.add', { channel: 'C1', timestamp: said.ts, name: '👀' }, 'invalid_name'],
      ['reactions.remove', { channel: 'C1', timestamp: said.ts, name: 'eyes' }, 'no_reaction'],
      ['users.info', { user: 'U1' }, 'missing_scope'],
      ['files.info', { file: 'F1' }, 'file_not_found'],
    ]
    for (const [method, params, error] of refusals)
      expect(await call(method, params), `${method} ${error}`).toMatchObject({ ok: false, error })
    await call('reactions.add', { channel: 'C1', timestamp: said.ts, name: 'eyes' })
    expect(
      await call('reactions.add', { channel: 'C1', timestamp: said.ts, name: 'eyes' }),
    ).toMatchObject({ error: 'already_reacted' })
  })

  it('shows texts as people read them, and whom they notify', async () => {
    const { slack, call } = await start()
    slack.addConversation('C1')
    const post = (params: object): Promise<Answer> =>
      call('chat.postMessage', { channel: 'C1', ...params })
    await post({ text: '*a* &lt;b&gt; <https://x.test|c> <!channel> <@U1> <!subteam^S1>' })
    await post({ text: '*a* &lt;!here&gt;', mrkdwn: false })
    await post({ markdown_text: '**a** <!everyone>' })
    expect(slack.messages('C1').map(({ text, pings }) => [text, pings])).toEqual([
      ['a <b> c @channel @U1 @subteam^S1', ['channel', 'U1', 'S1']],
      ['*a* <!here>', []],
      ['**a** <!everyone>', ['everyone']],
    ])
  })

  it('shows a conversation with its history', async () => {
    const { slack, call } = await start()
    const { ts } = await call('chat.postMessage', { channel: 'U7', text: 'a' })
    await call('chat.update', { channel: 'DU7', ts, text: 'b' })
    await call('chat.update', { channel: 'DU7', ts, text: 'c' })
    expect(slack.messages('U7')).toMatchObject([{ text: 'c', history: ['a', 'b'] }])
    await call('chat.delete', { channel: 'DU7', ts })
    expect(slack.messages('U7')).toEqual([])
  })

  it('pages through histories, newest first, and threads, oldest first', async () => {
    const { slack, call } = await start()
    const [first, second, third] = ['1', '2', '3'].map((text) => slack.say({ channel: 'C1', text }))
    slack.say({ channel: 'C1', text: 'reply', thread: second?.ts ?? '' })
    const more = { channel: 'C1', oldest: first?.ts, limit: 1 }
    const page = await call('conversations.history', more)
    expect(page).toMatchObject({ messages: [{ text: '3' }], has_more: true })
    const cursor = (page['response_metadata'] as { next_cursor: string }).next_cursor
    expect(await call('conversations.history', { ...more, cursor })).toMatchObject({
      messages: [{ text: '2', reply_count: 1 }],
      has_more: false,
    })
    const thread = { channel: 'C1', ts: second?.ts }
    expect(await call('conversations.replies', thread)).toMatchObject({
      messages: [{ text: '2' }, { text: 'reply', parent_user_id: 'U42' }],
    })
    expect(await call('conversations.replies', { ...thread, oldest: third?.ts })).toMatchObject({
      messages: [{ text: '2' }, { text: 'reply' }],
    })
  })

  it('takes uploads in three steps and gives files to who has the token', async () => {
    const { slack, call } = await start()
    slack.addConversation('C1')
    const { upload_url: url, file_id: id } = await call('files.getUploadURLExternal', {
      filename: 'a.txt',
      length: 5,
    })
    const complete = { files: [{ id }], channel_id: 'C1', initial_comment: 'look' }
    expect(await call('files.completeUploadExternal', complete)).toMatchObject({
      error: 'posting_failed',
    })
    await fetch(String(url), { method: 'POST', body: 'hello' })
    await call('files.completeUploadExternal', complete)
    const [shown] = slack.messages('C1')
    expect(shown).toMatchObject({ text: 'look', message: { files: [{ name: 'a.txt', size: 5 }] } })
    const { file } = (await call('files.info', { file: id })) as unknown as {
      file: { url_private: string; shares: object }
    }
    expect(file.shares).toEqual({ private: { C1: [{ channel: 'C1', ts: shown?.ts }] } })
    const get = (headers: Record<string, string>): Promise<Response> =>
      fetch(file.url_private, { headers, redirect: 'manual' })
    expect((await get({})).status).toBe(302)
    expect(await (await get({ authorization: `Bearer ${botToken}` })).text()).toBe('hello')
  })
})

describe('streams of the Slack server', () => {
  it('grow in a thread, refuse edits meanwhile, and end as a message', async () => {
    const { slack, call } = await start()
    const { ts: thread } = slack.say({ channel: 'C1', text: 'ask' })
    const reader = { recipient_user_id: 'U42', recipient_team_id: slack.teamId }
    const to = { channel: 'C1', thread_ts: thread }
    expect(await call('chat.startStream', { channel: 'C1', ...reader })).toMatchObject({
      error: 'invalid_arguments',
    })
    expect(await call('chat.startStream', to)).toMatchObject({ error: 'missing_recipient_user_id' })
    const { ts } = await call('chat.startStream', { ...to, ...reader, markdown_text: 'one' })
    const at = { channel: 'C1', ts }
    await call('chat.appendStream', { ...at, markdown_text: ' two' })
    expect(
      await call('chat.appendStream', { ...at, chunks: [{ type: 'markdown_text', text: 'x' }] }),
    ).toMatchObject({ error: 'streaming_mode_mismatch' })
    expect(await call('chat.update', { ...at, text: 'x' })).toMatchObject({
      error: 'streaming_state_conflict',
    })
    expect(slack.messages('C1')[1]).toMatchObject({ text: 'one two', isStreaming: true })
    await call('chat.stopStream', { ...at, markdown_text: ' three' })
    expect(slack.messages('C1')[1]).toMatchObject({ text: 'one two three', isStreaming: false })
    expect(await call('chat.appendStream', { ...at, markdown_text: 'x' })).toMatchObject({
      error: 'message_not_in_streaming_state',
    })
    expect(await call('chat.update', { ...at, text: 'x' })).toMatchObject({ ok: true })
  })

  it('take no reader in a DM, and end when a person stops them', async () => {
    const { slack, call } = await start()
    const { ts: thread } = slack.say({ channel: 'U7', text: 'ask' })
    const to = { channel: 'DU7', thread_ts: thread }
    expect(
      await call('chat.startStream', { ...to, recipient_user_id: 'U7', recipient_team_id: 'T' }),
    ).toMatchObject({ error: 'invalid_arguments' })
    const { ts = '' } = await call('chat.startStream', to)
    slack.endStream('U7', ts, 'person')
    expect(
      await call('chat.appendStream', { channel: 'DU7', ts, markdown_text: 'x' }),
    ).toMatchObject({ error: 'stopped_by_user' })
  })
})

describe('Socket Mode of the Slack server', () => {
  it('gives out tickets that work once', async () => {
    const { call, slack } = await start()
    const { url } = await call('apps.connections.open', {}, slack.appToken)
    const first = new WebSocket(String(url))
    onTestFinished(() => first.close())
    await new Promise((resolve) => first.addEventListener('open', resolve))
    const second = new WebSocket(String(url))
    await new Promise((resolve) => second.addEventListener('error', resolve))
    expect(slack.connections()).toBe(1)
  })

  it('offers an event until it is acknowledged, and says why it comes again', async () => {
    const client = await start({ ackTimeoutMs: 40 })
    const { slack, server } = client
    const connection = await connect(client, { acknowledges: false })
    slack.say({ channel: 'C1', text: 'hi' })
    await server.waitFor(() => connection.events().length >= 2)
    const [first, second] = connection.events()
    expect(first).toMatchObject({ retry_attempt: 0, retry_reason: '' })
    expect(second).toMatchObject({ retry_attempt: 1, retry_reason: 'timeout' })
    expect(second?.payload.event_id).toBe(first?.payload.event_id)
    connection.acknowledge(second)
    await server.waitFor(() => slack.waiting().length === 0)
    expect(slack.acknowledged()).toHaveLength(1)
  })

  it('gives an event up after three retries', async () => {
    const client = await start({ ackTimeoutMs: 5, mostRetries: 3 })
    const { slack, server } = client
    const connection = await connect(client, { acknowledges: false })
    slack.say({ channel: 'C1', text: 'hi' })
    await server.waitFor(() => slack.waiting().length === 0)
    await expect.poll(() => connection.events().length, patience).toBe(4)
    expect(slack.acknowledged()).toEqual([])
  })

  it('keeps events for who connects next, also over a cut and a restart', async () => {
    const client = await start()
    const { slack, server } = client
    slack.say({ channel: 'C1', text: 'before' })
    const first = await connect(client, { acknowledges: false })
    await server.waitFor(() => first.events().length === 1)
    slack.cut()
    await first.closed
    const second = await connect(client, { acknowledges: false })
    await expect.poll(() => textsOf(second), patience).toEqual(['before'])
    await server.stop()
    slack.say({ channel: 'C1', text: 'meanwhile' })
    await server.restart()
    const third = await connect(client)
    await expect.poll(() => textsOf(third), patience).toEqual(['before', 'meanwhile'])
    await server.waitFor(() => slack.acknowledged().length === 2)
  })

  it('shares events between connections, each to one of them', async () => {
    const client = await start()
    const { slack, server } = client
    const one = await connect(client)
    const two = await connect(client)
    expect(two.frames[0]).toMatchObject({ type: 'hello', num_connections: 2 })
    for (const text of ['a', 'b', 'c', 'd']) slack.say({ channel: 'C1', text })
    await server.waitFor(() => slack.acknowledged().length === 4)
    expect(textsOf(one)).toHaveLength(2)
    expect(new Set([...textsOf(one), ...textsOf(two)])).toEqual(new Set(['a', 'b', 'c', 'd']))
  })

  it('sends a mention twice and the app its own messages', async () => {
    const client = await start()
    const { slack, server, call } = client
    const connection = await connect(client)
    const { ts } = slack.say({ channel: 'C1', text: 'hey @junctor' })
    await call('chat.postMessage', { channel: 'C1', text: 'yes?' })
    await server.waitFor(() => slack.acknowledged().length === 3)
    const events = connection.events().map(({ payload }) => payload.event)
    expect(events.map(({ type, channel_type: kind }) => [type, kind])).toEqual([
      ['message', 'channel'],
      ['app_mention', undefined],
      ['message', 'channel'],
    ])
    expect(events[1]?.['ts']).toBe(ts)
    expect(events[2]).toMatchObject({ user: slack.botUserId, bot_id: expect.any(String) })
  })

  it('tells of edits, deletions, tombstones and reactions', async () => {
    const client = await start()
    const { slack, server } = client
    const connection = await connect(client)
    const { ts } = slack.say({ channel: 'C1', text: 'one' })
    slack.edit({ channel: 'C1', ts, text: 'two' })
    slack.react({ channel: 'C1', ts, name: 'eyes' })
    slack.say({ channel: 'C1', text: 'answer', thread: ts })
    slack.remove({ channel: 'C1', ts })
    const last = slack.say({ channel: 'C1', text: 'last' })
    slack.remove({ channel: 'C1', ts: last.ts })
    await server.waitFor(() => slack.acknowledged().length === 7)
    const events = connection.events().map(({ payload }) => payload.event)
    expect(events[1]).toMatchObject({
      subtype: 'message_changed',
      message: { text: 'two', ts },
      previous_message: { text: 'one' },
    })
    expect(events[2]).toMatchObject({ type: 'reaction_added', reaction: 'eyes', item: { ts } })
    expect(events[4]).toMatchObject({ message: { subtype: 'tombstone', ts } })
    expect(events[6]).toMatchObject({ subtype: 'message_deleted', deleted_ts: last.ts })
  })

  it('asks for a new connection, and throws out whose token was revoked', async () => {
    const client = await start()
    const { slack, call } = client
    const connection = await connect(client)
    slack.disconnect('refresh_requested')
    await expect
      .poll(() => connection.frames.at(-1), patience)
      .toMatchObject({ type: 'disconnect', reason: 'refresh_requested' })
    slack.revoke('app')
    await connection.closed
    expect(await call('apps.connections.open', {}, slack.appToken)).toMatchObject({
      error: 'invalid_auth',
    })
  })
})

describe('events over HTTP of the Slack server', () => {
  it('are signed, and come again until they are answered with 200', async () => {
    const { slack, server } = await start()
    const statuses = [500, 200]
    const seen: { readonly headers: object; readonly isSigned: boolean }[] = []
    const http = createServer((request, response) => {
      void readText(request).then((body) => {
        const stamp = String(request.headers['x-slack-request-timestamp'])
        const signature = createHmac('sha256', slack.signingSecret)
          .update(`v0:${stamp}:${body}`)
          .digest('hex')
        const isSigned = request.headers['x-slack-signature'] === `v0=${signature}`
        seen.push({ headers: request.headers, isSigned })
        response.writeHead(statuses.shift() ?? 200).end()
      })
    })
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      http.closeAllConnections()
      http.close()
    })
    slack.sendTo(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`)
    slack.say({ channel: 'C1', text: 'hi' })
    await server.waitFor(() => slack.acknowledged().length === 1)
    expect(seen.map(({ isSigned }) => isSigned)).toEqual([true, true])
    expect(seen[1]?.headers).toMatchObject({
      'x-slack-retry-num': '1',
      'x-slack-retry-reason': 'http_error',
    })
  })
})

describe('faults of the Slack server', () => {
  it('limit, fail and drop the calls they wait for', async () => {
    const { slack, server, call } = await start()
    slack.addConversation('C1')
    server.faults.add(
      { on: 'chat.*', kind: 'rate-limit', retryAfterMs: 1500 },
      { on: 'chat.*', kind: 'status', status: 200, message: 'ratelimited' },
      { on: 'chat.*', kind: 'drop-before' },
      { on: 'chat.*', kind: 'drop-after' },
    )
    const headers = { authorization: `Bearer ${botToken}` }
    const body = new URLSearchParams({ channel: 'C1', text: 'x' })
    const limited = await fetch(`${server.url}chat.postMessage`, { method: 'POST', headers, body })
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '2'])
    const send = (): Promise<Answer> => call('chat.postMessage', { channel: 'C1', text: 'x' })
    expect(await send()).toMatchObject({ error: 'ratelimited' })
    await expect(send()).rejects.toThrow('fetch failed')
    expect(slack.messages('C1')).toEqual([])
    await expect(send()).rejects.toThrow('fetch failed')
    expect(slack.messages('C1')).toHaveLength(1)
  })

  it('offer an acknowledged event once more', async () => {
    const client = await start()
    const { slack, server } = client
    slack.faults.add({ on: 'event', kind: 'duplicate' })
    const connection = await connect(client)
    slack.say({ channel: 'C1', text: 'hi' })
    await server.waitFor(() => slack.acknowledged().length === 2)
    const [first, second] = connection.events()
    expect(second?.payload.event_id).toBe(first?.payload.event_id)
    expect(second?.envelope_id).not.toBe(first?.envelope_id)
  })
})
