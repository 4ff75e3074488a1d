import type { Address, ChannelErrorCode, StreamOptions } from '@junctor/channel'
import { describe, expect, it } from 'vitest'
import { callOptions, openTestAccount, personOf, roomOf, type TestAccount } from './account.ts'

interface Stream {
  readonly append: (text: string) => Promise<void>
  readonly finish: (text: string) => Promise<void>
  readonly edit: (text: string) => Promise<void>
  readonly id: string
}

async function begin(
  { connection }: TestAccount,
  to: Address,
  text: string,
  more: Partial<StreamOptions> & { readonly replyTo?: string } = {},
): Promise<Stream> {
  const { stream, edit } = connection
  if (!stream || !edit) throw new Error('Slack streams and edits')
  const { replyTo, ...options } = { recipientId: 'U42', ...more }
  const message = { text, format: 'markdown', ...(replyTo ? { replyTo } : {}) } as const
  const { nativeId: id } = await stream.begin(to, message, { ...callOptions(), ...options })
  return {
    id,
    append: (piece) => stream.append(to, id, piece, callOptions()),
    finish: (piece) => stream.finish(to, id, piece, callOptions()),
    edit: (whole) => edit(to, id, { text: whole, format: 'markdown' }, callOptions()),
  }
}

describe('a Slack stream', () => {
  it('answers a message in its thread, for who asked', async () => {
    const account = await openTestAccount()
    const { workspace } = account
    const { ts } = workspace.say({ channel: 'C1', text: 'ask' })
    const { finish } = await begin(account, roomOf('C1'), 'Hi', { replyTo: ts })
    await finish('!')
    expect(workspace.calls.filter(({ method }) => method === 'chat.startStream')).toMatchObject([
      {
        params: {
          channel: 'C1',
          thread_ts: ts,
          recipient_user_id: 'U42',
          recipient_team_id: workspace.teamId,
        },
      },
    ])
    expect(workspace.messages('C1')[1]).toMatchObject({ text: 'Hi!', message: { thread_ts: ts } })
  })

  it('is for somebody of another workspace under that workspace’s id', async () => {
    const account = await openTestAccount()
    const { workspace, events } = account
    const guest = { user_team: 'TGUEST' }
    const { ts } = workspace.say({ channel: 'C1', from: 'U8', text: 'ask', more: guest })
    await events(1)
    await begin(account, roomOf('C1', ts), 'Hi', { recipientId: 'U8' })
    expect(workspace.calls.at(-1)?.params).toMatchObject({ recipient_team_id: 'TGUEST' })
  })

  it('names no reader in a DM', async () => {
    const account = await openTestAccount()
    const { ts } = account.workspace.say({ channel: 'U7', text: 'ask' })
    const to = { ...personOf('U7'), threadId: ts }
    const { finish } = await begin(account, to, 'Hi', { recipientId: 'U7' })
    await finish('')
    expect(account.workspace.messages('U7')[1]?.text).toBe('Hi')
  })

  it.each([
    ['without a thread', roomOf('C1'), { recipientId: 'U42' }],
    ['for nobody', roomOf('C1', '1700000000.000001'), { recipientId: 'B1' }],
  ])('is not begun %s, and nothing is posted', async (_why, to, more) => {
    const account = await openTestAccount()
    account.workspace.addConversation('C1')
    await expect(begin(account, to, 'Hi', more)).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    expect(account.workspace.messages('C1')).toEqual([])
  })

  it('notifies nobody, however its pieces are cut', async () => {
    const account = await openTestAccount()
    const { ts } = account.workspace.say({ channel: 'C1', text: 'ask' })
    const text = 'a <!channel> <@U123> <!here|x> <#C1> <https://x.test> 1 < 2'
    for (let size = 1; size < 9; size += 1) {
      const { append, finish } = await begin(account, roomOf('C1', ts), text.slice(0, size))
      for (let at = size; at < text.length; at += size) await append(text.slice(at, at + size))
      await finish('<')
    }
    const [, ...shown] = account.workspace.messages('C1')
    expect(new Set(shown.map((message) => message.text))).toEqual(
      new Set(['a ‹!channel> ‹@U123> ‹!here|x> ‹#C1> <https://x.test> 1 < 2<']),
    )
    expect(shown.flatMap(({ pings }) => pings)).toEqual([])
  })

  it.each([
    ['a person stops it', 'person'],
    ['its time is over', 'time'],
  ] as const)('takes no more when %s, and can be edited then', async (_why, by) => {
    const account = await openTestAccount()
    const { workspace } = account
    const { ts } = workspace.say({ channel: 'C1', text: 'ask' })
    const { id, append, edit } = await begin(account, roomOf('C1', ts), 'half')
    workspace.endStream('C1', id, by)
    const code: ChannelErrorCode = 'INVALID'
    await expect(append(' more')).rejects.toMatchObject({ code })
    const calls = workspace.countCalls('chat.appendStream')
    await expect(append(' more')).rejects.toMatchObject({ code })
    expect(workspace.countCalls('chat.appendStream')).toBe(calls)
    await edit('the whole answer')
    expect(workspace.messages('C1')[1]?.text).toBe('the whole answer')
  })

  it('that says the answer already is not marked as edited', async () => {
    const account = await openTestAccount()
    const { workspace } = account
    const { ts } = workspace.say({ channel: 'C1', text: 'ask' })
    const { append, finish, edit } = await begin(account, roomOf('C1', ts), 'one')
    await append(' two')
    await finish(' three')
    await edit('one two three')
    expect(workspace.countCalls('chat.update')).toBe(0)
    await edit('one two four')
    await edit('one two three')
    expect(workspace.countCalls('chat.update')).toBe(2)
    expect(workspace.messages('C1')[1]?.text).toBe('one two three')
  })
})
