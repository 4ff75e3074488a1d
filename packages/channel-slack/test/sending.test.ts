import type { OutboundFile } from '@junctor/channel'
import { describe, expect, it } from 'vitest'
import { callOptions, openTestAccount, patience, personOf, roomOf } from './account.ts'

const room = roomOf('C1')

function file(name: string, size = 4): OutboundFile {
  const mediaType = 'application/octet-stream'
  return { name, mediaType, data: () => ReadableStream.from([new Uint8Array(size)]) }
}

describe('sending to Slack', () => {
  it('lets Slack render Markdown, and shows plain text as it is', async () => {
    const { workspace, send } = await openTestAccount()
    workspace.addConversation('C1')
    await send(room, { text: '**bold** `<b>` & 👩‍👩‍👧', format: 'markdown' })
    await send(room, { text: '*a* `b` <c> & &amp;' })
    const [markdown, plain] = workspace.calls.filter(({ method }) => method === 'chat.postMessage')
    expect(markdown?.params).toEqual({
      channel: 'C1',
      markdown_text: '**bold** `<b>` & 👩‍👩‍👧',
    })
    expect(plain?.params).toMatchObject({
      text: '*a* `b` &lt;c&gt; &amp; &amp;amp;',
      mrkdwn: 'false',
      parse: 'none',
    })
    expect(workspace.messages('C1')[1]?.text).toBe('*a* `b` <c> & &amp;')
  })

  it.each(['plain', 'markdown'] as const)('notifies nobody from %s text', async (format) => {
    const { workspace, send, connection } = await openTestAccount()
    workspace.addConversation('C1')
    const text =
      'hey <!channel> <!here|x> <!everyone> <@U123> <@U123|ann> <!subteam^S1> `<!here>` <#C1> <!DOCTYPE html>'
    const { nativeId } = await send(room, { text, format })
    await connection.edit?.(room, nativeId, { text: `${text}!`, format }, callOptions())
    const [shown] = workspace.messages('C1')
    expect(shown?.pings).toEqual([])
    expect(shown?.history).toHaveLength(1)
    for (const word of ['channel', 'here', 'everyone', 'U123', 'subteam', 'DOCTYPE html'])
      expect(shown?.text).toContain(word)
  })

  it('answers in the thread that it was asked in, and under the message otherwise', async () => {
    const { workspace, send } = await openTestAccount()
    const { ts: root } = workspace.say({ channel: 'C1', text: 'root' })
    const { ts: reply } = workspace.say({ channel: 'C1', text: 'reply', thread: root })
    await send(roomOf('C1', root), { text: 'a', replyTo: reply })
    await send(room, { text: 'b', replyTo: root })
    await send(room, { text: 'c' })
    const threads = workspace.messages('C1').map(({ message }) => message.thread_ts)
    expect(threads.slice(2)).toEqual([root, root, undefined])
  })

  it('is typing where it is in a thread, and says nothing elsewhere', async () => {
    const { workspace, connection } = await openTestAccount()
    const { ts } = workspace.say({ channel: 'C1', text: 'root' })
    const { signal } = callOptions()
    await connection.typing?.(room, { signal })
    await connection.typing?.(room, { signal, replyTo: ts })
    await connection.typing?.(roomOf('C1', ts), { signal, replyTo: '1.000002' })
    const statuses = workspace.calls.filter(({ method }) => method.endsWith('setStatus'))
    expect(statuses.map(({ params }) => params)).toEqual([
      { channel_id: 'C1', thread_ts: ts, status: 'is typing…' },
      { channel_id: 'C1', thread_ts: ts, status: 'is typing…' },
    ])
  })

  it.each([
    ['NOT_FOUND', roomOf('C9'), { text: 'x' }],
    ['FORBIDDEN', roomOf('C2'), { text: 'x' }],
    ['FORBIDDEN', roomOf('C3'), { text: 'x' }],
    ['INVALID', room, { text: '' }],
    ['TOO_LARGE', room, { text: 'x'.repeat(12_001) }],
    ['TOO_LARGE', room, { text: 'x'.repeat(12_001), format: 'markdown' }],
  ] as const)('refuses with %s', async (code, to, message) => {
    const { workspace, send } = await openTestAccount()
    for (const id of ['C1', 'C2', 'C3']) workspace.addConversation(id)
    workspace.removeFrom('C2')
    workspace.archive('C3')
    await expect(send(to, message)).rejects.toMatchObject({ code, channel: 'slack' })
  })

  it.each([
    ['RATE_LIMITED', { kind: 'status', status: 200, message: 'ratelimited' }],
    ['UNAUTHORIZED', { kind: 'status', status: 200, message: 'token_revoked' }],
    ['UNKNOWN', { kind: 'status', status: 200, message: 'fatal_error' }],
    ['UNAVAILABLE', { kind: 'status', status: 200, message: 'service_unavailable' }],
    ['INVALID', { kind: 'status', status: 200, message: 'something_new' }],
    ['UNKNOWN', { kind: 'status', status: 500 }],
    ['UNKNOWN', { kind: 'status', status: 502 }],
    ['UNAVAILABLE', { kind: 'status', status: 503 }],
    ['RATE_LIMITED', { kind: 'status', status: 429 }],
    ['UNKNOWN', { kind: 'garbage', body: '<html>no</html>' }],
    ['UNKNOWN', { kind: 'drop-before' }],
    ['UNKNOWN', { kind: 'drop-after' }],
  ] as const)('reports %s for %j, and does not try again', async (code, fault) => {
    const { workspace, send } = await openTestAccount()
    workspace.addConversation('C1')
    workspace.faults.add({ ...fault, on: 'chat.postMessage' })
    await expect(send(room, { text: 'x' })).rejects.toMatchObject({ code })
    expect(workspace.countCalls('chat.postMessage')).toBe(1)
  })

  it('waits for nobody when one call is limited', async () => {
    const { workspace, send, connection } = await openTestAccount()
    const { ts } = workspace.say({ channel: 'C1', text: 'hi' })
    workspace.faults.add({ on: 'chat.postMessage', kind: 'rate-limit', retryAfterMs: 600_000 })
    await expect(send(room, { text: 'x' })).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 600_000,
    })
    await connection.react?.(room, ts, '👀', callOptions())
    await send(room, { text: 'y' })
    expect(workspace.messages('C1').map(({ text, reactions }) => [text, ...reactions])).toEqual([
      ['hi', 'eyes'],
      ['y'],
    ])
  })

  it('tells which scope is missing', async () => {
    const { workspace, connection } = await openTestAccount()
    const { ts } = workspace.say({ channel: 'C1', text: 'hi' })
    workspace.deny('reactions.add')
    await expect(connection.react?.(room, ts, '👀', callOptions())).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('missing_scope'),
    })
  })
})

describe('reactions', () => {
  it('go by name, may be there already, and can be taken back', async () => {
    const { workspace, connection } = await openTestAccount()
    const { ts } = workspace.say({ channel: 'C1', text: 'hi' })
    workspace.react({ channel: 'C1', ts, name: 'tada' })
    const react = (emoji: string): Promise<void> | undefined =>
      connection.react?.(room, ts, emoji, callOptions())
    for (const emoji of ['👍', '👍', '❤', ':party_parrot:']) await react(emoji)
    expect(workspace.messages('C1')[0]?.reactions).toEqual(['tada', '+1', 'heart', 'party_parrot'])
    await react('')
    expect(workspace.messages('C1')[0]?.reactions).toEqual(['tada'])
    await expect(react('🦑')).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })
})

describe('edits', () => {
  it('end a stream that was left open', async () => {
    const { workspace, connection, server } = await openTestAccount()
    const { ts: thread } = workspace.say({ channel: 'U7', text: 'ask' })
    const headers = { authorization: `Bearer ${workspace.botToken}` }
    const body = new URLSearchParams({ channel: 'DU7', thread_ts: thread, markdown_text: 'half' })
    await fetch(`${server.url}chat.startStream`, { method: 'POST', headers, body })
    const ts = workspace.messages('U7')[1]?.ts ?? ''
    const whole = { text: 'whole', format: 'markdown' } as const
    await connection.edit?.(personOf('U7'), ts, whole, callOptions())
    expect(workspace.messages('U7')[1]).toMatchObject({ text: 'whole', isStreaming: false })
  })

  it('of what is no message of ours are refused', async () => {
    const { workspace, connection } = await openTestAccount()
    const { ts } = workspace.say({ channel: 'C1', text: 'hi' })
    const change = { text: 'x', format: 'plain' } as const
    const edit = (id: string): Promise<void> | undefined =>
      connection.edit?.(room, id, change, callOptions())
    await expect(edit(ts)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(edit('1.000000')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(edit('command:1')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('files', () => {
  it('follow their text, in its thread', async () => {
    const { workspace, send } = await openTestAccount()
    const { ts: root } = workspace.say({ channel: 'C1', text: 'root' })
    const files = [file('a.txt'), file('b.txt')]
    const { nativeId } = await send(roomOf('C1', root), { text: 'see', files, format: 'markdown' })
    const [, text, message] = workspace.messages('C1')
    expect(text).toMatchObject({ ts: nativeId, text: 'see' })
    expect(message?.message).toMatchObject({
      thread_ts: root,
      files: [{ name: 'a.txt', size: 4 }, { name: 'b.txt' }],
    })
  })

  it('without a text are the message', async () => {
    const { workspace, send } = await openTestAccount()
    const { nativeId } = await send(personOf('U7'), { files: [file('a.txt')] })
    expect(workspace.messages('U7').map(({ ts }) => ts)).toEqual([nativeId])
  })

  it('that fail after their text was posted do not count as not posted', async () => {
    const { workspace, send } = await openTestAccount()
    workspace.addConversation('C1')
    const fault = {
      on: 'files.completeUploadExternal',
      kind: 'rate-limit',
      retryAfterMs: 1000,
    } as const
    workspace.faults.add(fault, fault)
    const files = [file('a.txt')]
    await expect(send(room, { text: 'see', files })).rejects.toMatchObject({ code: 'UNKNOWN' })
    await expect(send(room, { files })).rejects.toMatchObject({ code: 'RATE_LIMITED' })
    expect(workspace.messages('C1').map(({ text }) => text)).toEqual(['see'])
  })

  it('whose upload is cut off were not posted', async () => {
    const { workspace, send } = await openTestAccount()
    workspace.addConversation('C1')
    workspace.faults.add({ on: 'upload', kind: 'drop-before' })
    await expect(send(room, { text: 'see', files: [file('a.txt')] })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
    expect(workspace.messages('C1')).toEqual([])
  })

  it('larger than we upload are refused before anything is posted', async () => {
    const { workspace, send } = await openTestAccount()
    workspace.addConversation('C1')
    const files = [file('big.bin', 101 * 1024 * 1024)]
    await expect(send(room, { text: 'see', files })).rejects.toMatchObject({ code: 'TOO_LARGE' })
    expect(workspace.countCalls('files.getUploadURLExternal')).toBe(0)
    expect(workspace.messages('C1')).toEqual([])
  })
})

describe('a burst', () => {
  it('of a hundred messages into one room is handed over whole and in order', async () => {
    const { workspace, events } = await openTestAccount()
    const texts = Array.from({ length: 100 }, (_, index) => `message ${index}`)
    for (const text of texts) workspace.say({ channel: 'C1', text })
    const all = await events(100)
    expect(all.map((event) => event.type === 'message' && event.text)).toEqual(texts)
    await expect.poll(() => workspace.waiting().length, patience).toBe(0)
  })
})
