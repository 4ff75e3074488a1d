import type { Envelope } from '@junctor/channel'
import { describe, expect, it } from 'vitest'
import { callOptions, openTestAccount, patience, personOf, roomOf } from './account.ts'

const textsOf = (events: readonly Envelope[]): readonly unknown[] =>
  events.map((event) => 'text' in event && event.text)

describe('a Slack message', () => {
  it('from a DM is a direct message of that person', async () => {
    const { workspace, events } = await openTestAccount()
    const { ts } = workspace.say({ channel: 'U7', text: 'hi' })
    expect(await events(1)).toEqual([
      {
        type: 'message',
        nativeId: ts,
        channel: 'slack',
        accountId: 'default',
        peer: { kind: 'dm', id: 'U7' },
        teamId: workspace.teamId,
        sender: {
          id: 'U7',
          name: 'Person U7',
          username: 'person_u7',
          isBot: false,
          isSelf: false,
        },
        sentAt: Math.floor(Number(ts) * 1000),
        text: 'hi',
        mentions: { self: false, ids: [] },
        attachments: [],
      },
    ])
  })

  it('from group DMs and channels, public and private, keeps the ids of its room', async () => {
    const { workspace, events } = await openTestAccount()
    workspace.say({ channel: 'C1', text: 'a' })
    workspace.say({ channel: 'C2', kind: 'private', text: 'b' })
    workspace.say({ channel: 'C3', kind: 'mpim', text: 'c' })
    const all = await events(3)
    expect(all.map(({ peer }) => peer)).toEqual([
      { kind: 'channel', id: 'C1' },
      { kind: 'channel', id: 'C2' },
      { kind: 'group', id: 'C3' },
    ])
  })

  it('carries its thread, also when it is shown in the channel, and answers who began it', async () => {
    const { workspace, events } = await openTestAccount()
    const { ts } = workspace.say({ channel: 'C1', text: 'root', from: 'U9' })
    workspace.say({ channel: 'C1', text: 'in it', thread: ts })
    workspace.say({ channel: 'C1', text: 'in both', thread: ts, broadcast: true })
    const [root, ...replies] = await events(3)
    expect(root).not.toHaveProperty('threadId')
    expect(replies).toMatchObject([
      { threadId: ts, replyTo: { nativeId: ts, senderId: 'U9' }, mentions: { self: false } },
      { threadId: ts, text: 'in both' },
    ])
  })

  it('that mentions the account comes twice, under one native id and for one peer', async () => {
    const { workspace, events } = await openTestAccount()
    const { ts } = workspace.say({ channel: 'C3', kind: 'mpim', text: '@junctor help' })
    const all = await events(2)
    expect(all.map(({ nativeId, peer }) => [nativeId, peer])).toEqual([
      [ts, { kind: 'group', id: 'C3' }],
      [ts, { kind: 'group', id: 'C3' }],
    ])
    expect(all[0]).toMatchObject({
      text: 'help',
      mentions: { self: true, ids: [workspace.botUserId] },
    })
  })

  it('known from a mention alone has the peer that Slack tells when asked', async () => {
    const { workspace, events } = await openTestAccount()
    workspace.addConversation('C3', 'mpim')
    const event = { type: 'app_mention', ts: '1700000000.000100', event_ts: '1700000000.000100' }
    const text = `<@${workspace.botUserId}> hi`
    workspace.push({
      kind: 'events_api',
      body: { event_id: 'Ev1', event: { ...event, channel: 'C3', user: 'U1', text } },
    })
    expect(await events(1)).toMatchObject([{ peer: { kind: 'group', id: 'C3' } }])
  })

  it('keeps the peer that its conversation had first, whatever Slack tells of it later', async () => {
    const { workspace, events } = await openTestAccount({
      before: (slack) => slack.deny('conversations.info'),
    })
    const at = { ts: '1700000000.000100', event_ts: '1700000000.000100' }
    const said = { ...at, channel: 'C3', user: 'U1', text: 'hi' }
    const mention = { ...said, type: 'app_mention' }
    const message = { ...said, type: 'message', channel_type: 'mpim' }
    for (const [index, event] of [mention, message].entries())
      workspace.push({ kind: 'events_api', body: { event_id: `Ev${index}`, event } })
    const peer = { kind: 'channel', id: 'C3' }
    expect((await events(2)).map((event) => event.peer)).toEqual([peer, peer])
  })

  it('that is older than the one before it, and one that Slack tells of twice, are handed over as they come', async () => {
    const { workspace, events } = await openTestAccount()
    workspace.faults.add({ on: 'event', kind: 'duplicate' })
    workspace.say({ channel: 'C1', text: 'newer', ts: '1800000000.000200' })
    workspace.say({ channel: 'C1', text: 'older', ts: '1800000000.000100' })
    const ids = (await events(3)).map(({ nativeId }) => nativeId)
    expect(ids.toSorted()).toEqual(['1800000000.000100', '1800000000.000200', '1800000000.000200'])
    expect(ids.indexOf('1800000000.000200')).toBe(0)
  })

  it('calls the account by an answer to its message, and names whom else it calls', async () => {
    const { workspace, events, send } = await openTestAccount()
    workspace.addConversation('C1')
    const { nativeId } = await send(roomOf('C1'), { text: 'question' })
    workspace.say({ channel: 'C1', text: 'answer', thread: nativeId })
    workspace.say({ channel: 'C1', wireText: 'ask <@U5> and <@W6|ann> and <!here>' })
    expect(await events(2)).toMatchObject([
      { mentions: { self: true, ids: [] }, replyTo: { nativeId } },
      { mentions: { self: false, ids: ['U5', 'W6'] }, text: 'ask <@U5> and <@W6|ann> and @here' },
    ])
  })

  it('reads as people see it: escapes undone, links without their markup', async () => {
    const { workspace, events } = await openTestAccount()
    workspace.say({ channel: 'C1', text: 'a < b && c > d 👩‍👩‍👧  <@U1>' })
    workspace.say({
      channel: 'C1',
      wireText:
        '<https://a.test/x|a.test/x> <https://b.test|b> <mailto:c@d.test|c@d.test> <#C9|general> <!subteam^S1|@team> <!date^1^{date}|today>',
    })
    expect(textsOf(await events(2))).toEqual([
      'a < b && c > d 👩‍👩‍👧  <@U1>',
      'https://a.test/x b (https://b.test) c@d.test #general @team today',
    ])
  })

  it('of a bot is a bot’s, and of the account itself its own', async () => {
    const { workspace, received } = await openTestAccount()
    const more = { subtype: 'bot_message', bot_id: 'B99', username: 'deploy', user: undefined }
    workspace.say({ channel: 'C1', text: 'shipped', more })
    workspace.say({ channel: 'C1', text: 'mine', from: 'self' })
    await expect.poll(() => received.length, patience).toBe(2)
    expect(received.map(({ sender }) => sender)).toEqual([
      { id: 'B99', name: 'deploy', isBot: true, isSelf: false },
      { id: workspace.botUserId, isBot: true, isSelf: true },
    ])
  })

  it('passed on from elsewhere says what it passes on', async () => {
    const { workspace, events } = await openTestAccount()
    const attachments = [{ is_share: true, text: 'the original' }]
    workspace.say({ channel: 'C1', text: '', more: { attachments } })
    expect(textsOf(await events(1))).toEqual(['the original'])
  })

  it('that was edited or deleted names the message, each time under an id of its own', async () => {
    const { workspace, events } = await openTestAccount()
    const { ts } = workspace.say({ channel: 'U7', text: 'one' })
    workspace.edit({ channel: 'U7', ts, text: 'two' })
    workspace.edit({ channel: 'U7', ts, text: 'three' })
    workspace.remove({ channel: 'U7', ts })
    const all = await events(4)
    expect(all).toMatchObject([
      { type: 'message' },
      { type: 'edited', targetId: ts, text: 'two', sender: { id: 'U7' } },
      { type: 'edited', targetId: ts, text: 'three' },
      { type: 'deleted', targetId: ts, peer: { kind: 'dm', id: 'U7' }, sender: { id: 'U7' } },
    ])
    expect(new Set(all.map(({ nativeId }) => nativeId)).size).toBe(4)
  })

  it('that has answers leaves a tombstone, which is a deletion too', async () => {
    const { workspace, events } = await openTestAccount()
    const { ts } = workspace.say({ channel: 'C1', text: 'root', from: 'U9' })
    workspace.say({ channel: 'C1', text: 'answer', thread: ts })
    workspace.remove({ channel: 'C1', ts })
    expect((await events(3))[2]).toMatchObject({
      type: 'deleted',
      targetId: ts,
      sender: { id: 'U9' },
    })
  })

  it('whose links were unfurled, and what nobody said, is left out', async () => {
    const { workspace, events, received } = await openTestAccount()
    const message = workspace.say({ channel: 'C1', text: 'see https://x.test' })
    const changed = { ...message, attachments: [{ title: 'X' }] }
    const event = {
      type: 'message',
      subtype: 'message_changed',
      channel: 'C1',
      channel_type: 'channel',
    }
    const at = { ts: '1700000000.000200', event_ts: '1700000000.000200' }
    const unfurled = { ...event, ...at, message: changed, previous_message: message }
    workspace.push({ kind: 'events_api', body: { event_id: 'Ev1', event: unfurled } })
    workspace.say({ channel: 'C1', text: 'joined', more: { subtype: 'channel_join' } })
    workspace.push({ kind: 'interactive', body: { type: 'block_actions' } })
    workspace.say({ channel: 'C1', text: 'last' })
    expect(textsOf(await events(2))).toEqual(['see https://x.test', 'last'])
    expect(received).toHaveLength(2)
  })

  it('tells of reactions, by emoji where we know it', async () => {
    const { workspace, events } = await openTestAccount()
    const { ts } = workspace.say({ channel: 'U7', text: 'hi' })
    workspace.react({ channel: 'U7', ts, name: 'thumbsup', from: 'U7' })
    workspace.react({ channel: 'U7', ts, name: 'thumbsup', from: 'U7', removed: true })
    workspace.react({ channel: 'U7', ts, name: 'party_parrot', from: 'U7' })
    const [, ...reactions] = await events(4)
    const peer = { kind: 'dm', id: 'U7' }
    expect(reactions).toMatchObject([
      { type: 'reaction', targetId: ts, emoji: '👍', added: true, peer },
      { type: 'reaction', targetId: ts, emoji: '👍', added: false },
      { type: 'reaction', targetId: ts, emoji: ':party_parrot:', added: true },
    ])
  })

  it('may be a slash command of the app, or a command typed after a mention', async () => {
    const { workspace, events, connection } = await openTestAccount()
    const id = workspace.command({ channel: 'C1', command: '/ask', text: 'why  me' })
    workspace.say({ channel: 'C1', text: '@junctor /status' })
    workspace.command({ channel: 'U7', command: '/new' })
    const all = await events(4)
    const of = (text: string): Envelope | undefined =>
      all.find((event) => event.type === 'message' && event.text === text)
    expect(of('/ask why  me')).toMatchObject({
      nativeId: `command:${id}`,
      peer: { kind: 'channel', id: 'C1' },
      mentions: { self: true },
    })
    expect(of('/status')).toMatchObject({ mentions: { self: true } })
    expect(of('/new')).toMatchObject({ peer: { kind: 'dm', id: 'U7' } })
    // A command is no message that could begin a thread.
    const answer = { text: 'because', format: 'plain', replyTo: `command:${id}` } as const
    await connection.send(roomOf('C1'), answer, callOptions())
    expect(workspace.messages('C1').at(-1)?.message).not.toHaveProperty('thread_ts')
  })

  it('comes without names when the app may not ask for them', async () => {
    const { workspace, events } = await openTestAccount({
      before: (slack) => slack.deny('users.info'),
    })
    workspace.say({ channel: 'C1', text: 'a' })
    workspace.say({ channel: 'C1', text: 'b', from: 'U8' })
    const all = await events(2)
    expect(all.map(({ sender }) => sender)).toEqual([
      { id: 'U42', isBot: false, isSelf: false },
      { id: 'U8', isBot: false, isSelf: false },
    ])
    expect(workspace.countCalls('users.info')).toBe(1)
  })

  it('with files has them by reference', async () => {
    const { workspace, events } = await openTestAccount()
    workspace.say({ channel: 'U7', file: { name: 'p.png', data: new Uint8Array(10) } })
    workspace.say({ channel: 'U7', file: { name: 'a.bin', data: new Uint8Array(3) } })
    expect(await events(2)).toMatchObject([
      {
        text: '',
        attachments: [{ kind: 'image', name: 'p.png', mediaType: 'image/png', sizeBytes: 10 }],
      },
      { attachments: [{ kind: 'file', name: 'a.bin' }] },
    ])
  })
})

describe('a download', () => {
  const refOf = (event: Envelope | undefined): string =>
    event?.type === 'message' ? (event.attachments[0]?.ref ?? '') : ''

  it('goes to Slack alone, and takes the token nowhere else', async () => {
    const { workspace, events, connection, server } = await openTestAccount()
    const data = new Uint8Array([1, 2, 3])
    const elsewhere = server.url.replace('127.0.0.1', 'localhost')
    workspace.say({ channel: 'U7', file: { name: 'a', data, external: 'https://evil.test/a' } })
    const more = { url_private: elsewhere, url_private_download: elsewhere }
    workspace.say({ channel: 'U7', file: { name: 'b', data, more } })
    workspace.say({ channel: 'U7', file: { name: 'c', data } })
    const [external, other, own] = await events(3)
    const download = connection.download?.bind(connection)
    for (const event of [external, other])
      await expect(download?.(refOf(event), callOptions())).rejects.toMatchObject({
        code: 'UNSUPPORTED',
      })
    const stream = await download?.(refOf(own), callOptions())
    expect(new Uint8Array(await new Response(stream).arrayBuffer())).toEqual(data)
  })

  it('says why it fails', async () => {
    const { workspace, events, connection } = await openTestAccount()
    const data = new Uint8Array([1])
    const huge = { name: 'huge', data, more: { size: 200 * 1024 * 1024 } }
    workspace.say({ channel: 'U7', file: huge })
    const [event] = await events(1)
    await expect(connection.download?.('F0', callOptions())).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    const ref = refOf(event)
    expect(ref).not.toBe('')
    workspace.deny('files.info')
    await expect(connection.download?.(ref, callOptions())).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
  })
})

describe('a DM', () => {
  it('is answered where it came from, and opened for somebody who has not written', async () => {
    const { workspace, send } = await openTestAccount()
    await send(personOf('U7'), { text: 'hello' })
    await send(personOf('U7'), { text: 'again' })
    expect(workspace.messages('U7').map(({ text }) => text)).toEqual(['hello', 'again'])
    expect(workspace.countCalls('conversations.open')).toBe(0)
  })

  it('of which nobody can tell whose it is is known once its person writes', async () => {
    const { workspace, events, logged } = await openTestAccount({
      before: (slack) => slack.deny('conversations.info'),
    })
    workspace.say({ channel: 'U7', text: 'from another process', from: 'self' })
    workspace.say({ channel: 'U7', text: 'hi' })
    expect(await events(1)).toMatchObject([{ peer: { kind: 'dm', id: 'U7' }, text: 'hi' }])
    expect(logged).toEqual(['Slack event skipped: unreadable'])
  })

  it('tells whose it is, even when the first word is the account’s own', async () => {
    const { workspace, received } = await openTestAccount()
    workspace.say({ channel: 'U7', text: 'from another process', from: 'self' })
    await expect.poll(() => received.length, patience).toBe(1)
    expect(received[0]).toMatchObject({ peer: { kind: 'dm', id: 'U7' }, sender: { isSelf: true } })
  })
})
