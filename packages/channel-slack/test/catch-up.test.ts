import type { Envelope } from '@junctor/channel'
import type { SlackWorkspace } from '@junctor/testkit/slack'
import { describe, expect, it } from 'vitest'
import { openTestAccount, patience, type TestAccount, type TestAccountOptions } from './account.ts'

const textsOf = (events: readonly Envelope[]): readonly unknown[] =>
  events.map((event) => 'text' in event && event.text)

/** An account that was closed after it had stored what `talk` said. */
async function closedAfter(
  talk: (workspace: SlackWorkspace) => number,
  options: TestAccountOptions = {},
): Promise<TestAccount> {
  const account = await openTestAccount(options)
  await account.events(talk(account.workspace))
  await expect.poll(() => account.workspace.waiting().length, patience).toBe(0)
  await account.connection.close({ signal: AbortSignal.timeout(5000) })
  return account
}

/** The same account, opened again. */
const reopened = ({ server, vault }: TestAccount, options = {}): Promise<TestAccount> =>
  openTestAccount({ server, vault, ...options })

describe('after an outage longer than Slack waits', () => {
  it.each(['socket', 'http'] as const)(
    'an account reads what it missed, in order and before anything newer (%s)',
    async (mode) => {
      const before = await closedAfter(
        (workspace) => {
          workspace.say({ channel: 'C1', text: 'known' })
          workspace.say({ channel: 'U7', text: 'known too' })
          return 2
        },
        { mode },
      )
      const { workspace } = before
      for (const text of ['missed 1', 'missed 2']) workspace.say({ channel: 'C1', text })
      workspace.say({ channel: 'U7', text: 'missed 3' })
      workspace.forget()
      workspace.say({ channel: 'C1', text: 'newer' })
      const after = await reopened(before, { mode })
      const all = await after.events(4)
      expect(textsOf(all.filter(({ peer }) => peer.id === 'C1')).slice(0, 3)).toEqual([
        'missed 1',
        'missed 2',
        'newer',
      ])
      expect(all.find(({ peer }) => peer.kind === 'dm')).toMatchObject({
        peer: { kind: 'dm', id: 'U7' },
        text: 'missed 3',
        mentions: { self: false },
      })
    },
  )

  it('answers in threads are found, also in threads that are older than the outage', async () => {
    let root = ''
    const before = await closedAfter((workspace) => {
      root = workspace.say({ channel: 'C1', text: 'root' }).ts
      workspace.say({ channel: 'C1', text: 'reply', thread: root })
      return 2
    })
    const { workspace } = before
    workspace.say({ channel: 'C1', text: 'old thread', thread: root })
    const { ts } = workspace.say({ channel: 'C1', text: 'new root' })
    workspace.say({ channel: 'C1', text: 'new thread', thread: ts })
    workspace.say({ channel: 'C1', text: 'both', thread: ts, broadcast: true })
    workspace.forget()
    const after = await reopened(before)
    expect(textsOf(await after.events(4))).toEqual(['old thread', 'new root', 'new thread', 'both'])
    expect(after.received.map(({ threadId }) => threadId)).toEqual([root, undefined, ts, ts])
  })

  it('long histories are read to their end', async () => {
    const before = await closedAfter((workspace) => {
      workspace.say({ channel: 'C1', text: 'known' })
      return 1
    })
    const texts = Array.from({ length: 450 }, (_, index) => `m${index}`)
    for (const text of texts) before.workspace.say({ channel: 'C1', text })
    before.workspace.forget()
    const after = await reopened(before)
    expect(textsOf(await after.events(450))).toEqual(texts)
  })

  it('limits and outages of the history are waited for', async () => {
    const before = await closedAfter((workspace) => {
      workspace.say({ channel: 'C1', text: 'known' })
      return 1
    })
    const { workspace } = before
    workspace.say({ channel: 'C1', text: 'missed' })
    workspace.forget()
    const on = 'conversations.history'
    workspace.faults.add(
      { on, kind: 'rate-limit', retryAfterMs: 1000 },
      { on, kind: 'drop-before' },
      { on, kind: 'status', status: 500 },
    )
    const after = await reopened(before)
    expect(textsOf(await after.events(1))).toEqual(['missed'])
  })

  it('a history that the app may not read holds nothing up, and is told', async () => {
    const before = await closedAfter((workspace) => {
      workspace.say({ channel: 'C1', text: 'known' })
      return 1
    })
    before.workspace.deny('conversations.history')
    before.workspace.say({ channel: 'C1', text: 'newer' })
    const after = await reopened(before)
    expect(textsOf(await after.events(1))).toEqual(['newer'])
    expect(after.logged).toContain('Slack history could not be read: what was missed is lost')
  })

  it('a connection that was cut off for long catches up as well, a short cut does not', async () => {
    let now = Date.now()
    const account = await openTestAccount({
      timing: { now: () => now, catchUpAfterMs: 60_000, maxBackoffMs: 20 },
    })
    const { workspace, server, events, untilHealth } = account
    workspace.say({ channel: 'C1', text: 'known' })
    await events(1)
    for (const cutOffMs of [59_000, 61_000]) {
      await server.stop()
      await untilHealth('offline')
      now += cutOffMs
      workspace.say({ channel: 'C1', text: `missed for ${cutOffMs}` })
      workspace.forget()
      await server.restart()
      await untilHealth('online')
    }
    expect(textsOf(await events(3))).toEqual(['known', 'missed for 59000', 'missed for 61000'])
    expect(workspace.countCalls('conversations.history')).toBe(1)
  })

  it('cursors that cannot be read are said so, and nothing else', async () => {
    const vault = new Map([['cursors', new TextEncoder().encode('{bad')]])
    const { workspace, events, logged } = await openTestAccount({ vault })
    workspace.say({ channel: 'C1', text: 'hi' })
    expect(textsOf(await events(1))).toEqual(['hi'])
    expect(logged).toEqual(['Slack cursors in the vault cannot be read; nothing is caught up'])
  })

  it('only the conversations written in lately are kept', async () => {
    const before = await closedAfter((workspace) => {
      for (let index = 0; index < 130; index += 1)
        workspace.say({ channel: `C${index}`, text: 'hi' })
      return 130
    })
    const cursors = JSON.parse(new TextDecoder().decode(before.vault.get('cursors'))) as unknown[]
    expect(cursors).toHaveLength(100)
  })
})
