import { describe, expect, it } from 'vitest'
import { web } from '@junctor/channel-web'
import { openWeb, signal, to } from '../test/open-web.ts'

const call = (idempotencyKey: string) => ({ idempotencyKey, signal })
const markdown = (text: string) => ({ text, format: 'markdown' as const })

describe('a message from the page', () => {
  it('becomes an envelope of the owner', async () => {
    const { post, received } = await openWeb()
    const response = await post({ id: 'm1', text: 'Hello' })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ status: 'accepted' })
    expect(received).toEqual([
      {
        type: 'message',
        ...to,
        nativeId: 'm1',
        sender: { id: 'owner', isBot: false, isSelf: false },
        sentAt: 1000,
        text: 'Hello',
        mentions: { self: false, ids: [] },
        attachments: [],
      },
    ])
  })

  it('carries the agent that the person picked, to the same peer', async () => {
    const { post, received } = await openWeb()
    await post({ agentId: 'research' })
    expect(received).toMatchObject([{ agentId: 'research', peer: to.peer }])
  })

  it('is answered only after its outcome is stored', async () => {
    const stored = Promise.withResolvers<'accepted'>()
    const { post } = await openWeb(() => stored.promise)
    let isAnswered = false
    const answer = post({}).then((response) => {
      isAnswered = true
      return response.status
    })
    await new Promise(setImmediate)
    expect(isAnswered).toBe(false)
    stored.resolve('accepted')
    expect(await answer).toBe(200)
  })

  it('is handed over after the one before it, and after that one failed', async () => {
    const first = Promise.withResolvers<'accepted'>()
    const { post, received } = await openWeb((envelope) =>
      envelope.nativeId === 'a' ? first.promise : Promise.resolve('accepted'),
    )
    const a = post({ id: 'a' })
    const b = post({ id: 'b' })
    await new Promise(setImmediate)
    expect(received.map(({ nativeId }) => nativeId)).toEqual(['a'])
    first.reject(new Error('disk full'))
    expect((await a).status).toBe(503)
    expect((await b).status).toBe(200)
    expect(received.map(({ nativeId }) => nativeId)).toEqual(['a', 'b'])
  })

  it.each([
    ['duplicate', 200],
    ['refused', 403],
  ] as const)('that is %s answers %d and no tab hears of it', async (outcome, status) => {
    const { post, follow, connection } = await openWeb(async () => outcome)
    const tab = await follow()
    expect((await post({})).status).toBe(status)
    await connection.send(to, markdown('next'), call('k'))
    expect(await tab.next()).toEqual({ type: 'ready' })
    expect(await tab.next()).toMatchObject({ type: 'message', text: 'next' })
    await tab.leave()
  })

  it.each([
    ['no id', { id: '' }, 400],
    ['an id with a space', { id: 'a b' }, 400],
    ['no text', { text: ' \n' }, 400],
    ['a conversation that is no word', { conversation: '../x' }, 400],
    ['an agent that is no text', { agentId: 7 }, 400],
    ['too much text', { text: 'x'.repeat(100_001) }, 413],
  ])('with %s is refused and goes nowhere', async (_, body, status) => {
    const { post, received } = await openWeb()
    expect((await post(body)).status).toBe(status)
    expect(received).toEqual([])
  })

  it('must be JSON in name and in fact', async () => {
    const { request } = await openWeb()
    const send = async (type: string, body: string): Promise<number> =>
      (await request('messages', { method: 'POST', headers: { 'content-type': type }, body }))
        .status
    expect(await send('text/plain', '{"id":"a","text":"b","conversation":"owner"}')).toBe(415)
    expect(await send('application/json', '{"id":')).toBe(400)
    expect(await send('application/json', 'null')).toBe(400)
  })
})

describe('an answer', () => {
  it('streams to every tab of its conversation and to no other', async () => {
    const { connection, follow } = await openWeb()
    const tabs = [await follow(), await follow()]
    const other = await follow('elsewhere')
    const { nativeId, sentAt } = await connection.send(to, markdown('Hel'), call('k1'))
    await connection.edit?.(to, nativeId, markdown('Hello'), call('k1'))
    await connection.typing?.(to, { signal })
    for (const tab of tabs) {
      expect(await tab.next()).toEqual({ type: 'ready' })
      expect(await tab.next()).toEqual({
        type: 'message',
        direction: 'out',
        nativeId,
        text: 'Hel',
        at: sentAt,
      })
      expect(await tab.next()).toEqual({ type: 'edit', nativeId, text: 'Hello' })
      expect(await tab.next()).toEqual({ type: 'typing', ttlMs: 5000 })
    }
    await connection.close({ signal })
    expect(await other.next()).toEqual({ type: 'ready' })
    expect(await other.next()).toBeUndefined()
  })

  it('names its agent and says when it is no Markdown, in every event', async () => {
    const { connection, follow } = await openWeb()
    const tab = await follow()
    const answer = { text: '*', format: 'plain', agentId: 'research' } as const
    const { nativeId } = await connection.send(to, answer, call('k1'))
    await connection.edit?.(to, nativeId, answer, call('k1'))
    expect(await tab.next()).toEqual({ type: 'ready' })
    expect(await tab.next()).toMatchObject({ type: 'message', ...answer })
    expect(await tab.next()).toEqual({ type: 'edit', nativeId, ...answer })
    await tab.leave()
  })

  it('keeps its id when it is sent again, and appears once', async () => {
    const { connection, follow } = await openWeb()
    const tab = await follow()
    const first = await connection.send(to, markdown('one'), call('k1'))
    expect(await connection.send(to, markdown('one'), call('k1'))).toEqual(first)
    const second = await connection.send(to, markdown('two'), call('k2'))
    expect(first.nativeId).toMatch(/^web-[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
    expect(second.nativeId).not.toBe(first.nativeId)
    expect(await tab.next()).toEqual({ type: 'ready' })
    expect(await tab.next()).toMatchObject({ text: 'one' })
    expect(await tab.next()).toMatchObject({ text: 'two' })
    await tab.leave()
  })

  it('keeps its id over a restart', async () => {
    const before = await (await openWeb()).connection.send(to, markdown('x'), call('k1'))
    const after = await (await openWeb()).connection.send(to, markdown('x'), call('k1'))
    expect(after.nativeId).toBe(before.nativeId)
  })

  it('reaches the other tabs together with the question', async () => {
    const { follow, post } = await openWeb()
    const tab = await follow()
    await post({ id: 'm7', text: 'Hi', agentId: 'research' })
    expect(await tab.next()).toEqual({ type: 'ready' })
    expect(await tab.next()).toEqual({
      type: 'message',
      direction: 'in',
      nativeId: 'm7',
      text: 'Hi',
      at: 1000,
      agentId: 'research',
    })
    await tab.leave()
  })

  it('that the page cannot show is refused for good', async () => {
    const { connection } = await openWeb()
    const send = (address: Parameters<typeof connection.send>[0], text: string) =>
      connection.send(address, markdown(text), call('k'))
    await expect(send(to, 'x'.repeat(100_001))).rejects.toMatchObject({ code: 'TOO_LARGE' })
    const room = { ...to, peer: { kind: 'group', id: 'owner' } } as const
    await expect(send(room, 'x')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(
      connection.edit?.(to, 'elsewhere-1', markdown('x'), call('k')),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('the account', () => {
  it('is online at once, and has nothing to set', async () => {
    expect((await openWeb()).health).toEqual([{ state: 'online' }])
    const validate = web().config['~standard'].validate
    expect(validate({})).toEqual({ value: {} })
    expect(validate(null)).toMatchObject({ issues: [{ path: [] }] })
    expect(validate({ port: 1 })).toMatchObject({
      issues: [{ message: expect.stringContaining('"port"') }],
    })
  })

  it('does nothing for a call that is aborted already', async () => {
    const { connection, follow } = await openWeb()
    const tab = await follow()
    const aborted = { idempotencyKey: 'k', signal: AbortSignal.abort() }
    const unavailable = { code: 'UNAVAILABLE' }
    await expect(connection.send(to, markdown('x'), aborted)).rejects.toMatchObject(unavailable)
    await expect(connection.edit?.(to, 'web-1', markdown('x'), aborted)).rejects.toMatchObject(
      unavailable,
    )
    await expect(connection.typing?.(to, aborted)).rejects.toMatchObject(unavailable)
    await connection.close({ signal })
    expect(await tab.next()).toEqual({ type: 'ready' })
    expect(await tab.next()).toBeUndefined()
  })

  it('refuses everything once it is closed', async () => {
    const { connection, post, request } = await openWeb()
    await connection.close({ signal })
    await expect(connection.send(to, markdown('x'), call('k'))).rejects.toMatchObject({
      code: 'CLOSED',
    })
    expect((await post({})).status).toBe(503)
    expect((await request('events')).status).toBe(503)
  })

  it('waits on closing until a message in flight is stored, or the signal aborts', async () => {
    const stored = Promise.withResolvers<'accepted'>()
    const { connection, post } = await openWeb(() => stored.promise)
    const answer = post({})
    await new Promise(setImmediate)
    await connection.close({ signal: AbortSignal.abort() })
    let isClosed = false
    const closing = connection.close({ signal }).then(() => {
      isClosed = true
    })
    await new Promise(setImmediate)
    expect(isClosed).toBe(false)
    stored.resolve('accepted')
    await closing
    expect((await answer).status).toBe(200)
  })
})

describe('the commands of the gateway', () => {
  it('are told to the page, if there are any', async () => {
    const commands = [{ name: 'status', description: 'Show what I am doing' }]
    const { request } = await openWeb(undefined, { commands })
    expect(await (await request('commands')).json()).toEqual({ commands })
    const without = await openWeb()
    expect(await (await without.request('commands')).json()).toEqual({ commands: [] })
  })
})
