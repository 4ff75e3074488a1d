import type { ChannelHost, Envelope } from '@junctor/channel'
import { slack } from '@junctor/channel-slack'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openServer, openTestAccount, patience } from './account.ts'
import { configOf, quickTiming } from './harness.ts'

const textsOf = (events: readonly Envelope[]): readonly unknown[] =>
  events.map((event) => 'text' in event && event.text)

const quietHost: ChannelHost = {
  accountId: 'default',
  log: { debug() {}, info() {}, warn() {}, error() {} },
  vault: { read: async () => undefined, write: async () => {}, remove: async () => {} },
  fetch,
  signal: new AbortController().signal,
  receive: async () => 'accepted',
  report() {},
}

describe('a Socket Mode connection', () => {
  it('takes an event that could not be stored again, from Slack or by itself, and acknowledges it once', async () => {
    let failures = 3
    const { workspace, events } = await openTestAccount({
      serverOptions: { ackTimeoutMs: 5 },
      async receive() {
        failures -= 1
        if (failures >= 0) throw new Error('disk full')
        return 'accepted'
      },
      timing: { firstBackoffMs: 30, maxBackoffMs: 30 },
    })
    workspace.say({ channel: 'C1', text: 'hi' })
    const all = await events(4)
    expect(new Set(all.map(({ nativeId }) => nativeId)).size).toBe(1)
    await expect.poll(() => workspace.waiting().length, patience).toBe(0)
    expect(workspace.acknowledged()).toHaveLength(1)
  })

  it('is degraded while nothing can be stored', async () => {
    let isFull = true
    const { workspace, untilHealth, health } = await openTestAccount({
      async receive() {
        if (isFull) throw new Error('disk full')
        return 'accepted'
      },
    })
    workspace.say({ channel: 'C1', text: 'hi' })
    await untilHealth('degraded')
    expect(health.at(-1)).toMatchObject({ reason: expect.stringContaining('stored') })
    isFull = false
    await untilHealth('online')
  })

  it.each(['warning', 'refresh_requested'] as const)(
    'is replaced without a gap when Slack asks for it: %s',
    async (reason) => {
      const { workspace, events, health, server } = await openTestAccount()
      workspace.disconnect(reason)
      await server.waitFor(() => workspace.countCalls('apps.connections.open') === 2)
      workspace.say({ channel: 'C1', text: 'meanwhile' })
      await expect.poll(() => workspace.connections(), patience).toBe(1)
      workspace.say({ channel: 'C1', text: 'after' })
      expect(textsOf(await events(2))).toEqual(['meanwhile', 'after'])
      expect(health).toEqual([{ state: 'online' }])
    },
  )

  it('acknowledges over the old connection what came over it', async () => {
    const stored = Promise.withResolvers<'accepted'>()
    const { workspace, events, server } = await openTestAccount({ receive: () => stored.promise })
    workspace.say({ channel: 'C1', text: 'slow' })
    await events(1)
    workspace.disconnect('warning')
    await server.waitFor(() => workspace.connections() === 2)
    // Time enough to close a connection that nobody waits for.
    const pulses = workspace.countCalls('auth.test') + 10
    await server.waitFor(() => workspace.countCalls('auth.test') > pulses)
    expect(workspace.connections()).toBe(2)
    stored.resolve('accepted')
    await server.waitFor(() => workspace.acknowledged().length === 1)
    await expect.poll(() => workspace.connections(), patience).toBe(1)
    expect(await events(1)).toHaveLength(1)
  })

  it('comes back when it is cut, and Slack offers again what it had not acknowledged', async () => {
    const first = Promise.withResolvers<'accepted'>()
    const { workspace, events, server, untilHealth, health } = await openTestAccount({
      receive: async (event) =>
        event.type === 'message' && event.text === 'slow' ? first.promise : 'accepted',
    })
    workspace.say({ channel: 'C1', text: 'slow' })
    await events(1)
    workspace.cut()
    await expect.poll(() => health.some(({ state }) => state === 'degraded'), patience).toBe(true)
    await server.waitFor(() => workspace.connections() === 1)
    await untilHealth('online')
    first.resolve('accepted')
    await server.waitFor(() => workspace.acknowledged().length === 1)
    expect(textsOf(await events(1))).toEqual(['slow'])
  })

  it('is given up when Slack answers pings no more', async () => {
    const { workspace, events, server } = await openTestAccount({
      timing: { pongTimeoutMs: 150 },
      // Slack does not know yet that the old connection is dead.
      serverOptions: { ackTimeoutMs: 100 },
    })
    workspace.silence()
    await server.waitFor(() => workspace.countCalls('apps.connections.open') > 1, {
      timeoutMs: 20_000,
    })
    workspace.say({ channel: 'C1', text: 'hi' })
    expect(textsOf(await events(1))).toEqual(['hi'])
  })

  it('is given up when Slack does not even greet', async () => {
    const server = await openServer()
    const silent = server.workspace('xoxb-fake-secret-one')
    silent.faults.add({ on: 'apps.connections.open', kind: 'silence' })
    const channel = slack({ ...quickTiming, helloTimeoutMs: 50 })
    const config = configOf('socket', server.url)
    await expect(channel.open(config, quietHost)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    const connection = await channel.open(config, quietHost)
    onTestFinished(() => connection.close({ signal: AbortSignal.timeout(2000) }))
  })

  it('survives frames that it cannot read, and events without sense', async () => {
    const { workspace, events, logged } = await openTestAccount()
    for (const frame of ['{bad', '[]', 'null', '{"type":"events_api","payload":{}}'])
      workspace.sendFrame(frame)
    const broken = { type: 'message', channel: 'C1', channel_type: 'channel', text: 'no id' }
    workspace.push({ kind: 'events_api', body: { event_id: 'Ev1', event: broken } })
    workspace.push({ kind: 'events_api', body: { event_id: 'Ev2', event: { type: 'new_thing' } } })
    workspace.say({ channel: 'C1', text: 'hi' })
    expect(textsOf(await events(1))).toEqual(['hi'])
    await expect.poll(() => workspace.waiting().length, patience).toBe(0)
    expect(logged).toContain('Slack event skipped: unreadable')
    expect(logged).toContain('Slack frame skipped: unreadable')
  })

  it('comes back after a restart and a long outage of Slack', async () => {
    const { workspace, events, server, untilHealth } = await openTestAccount()
    for (const text of ['one', 'two']) {
      await server.stop()
      await untilHealth('offline')
      workspace.say({ channel: 'C1', text })
      await server.restart()
      await untilHealth('online')
    }
    expect(textsOf(await events(2))).toEqual(['one', 'two'])
  })

  it('comes back from refusals that pass', async () => {
    const { workspace, server, untilHealth } = await openTestAccount()
    workspace.faults.add(
      { on: 'apps.connections.open', kind: 'status', status: 500 },
      { on: 'apps.connections.open', kind: 'garbage' },
      { on: 'apps.connections.open', kind: 'status', status: 200, message: 'internal_error' },
    )
    workspace.cut()
    await server.waitFor(() => workspace.faults.pending().length === 0)
    await untilHealth('online')
  })

  it('asks for a person when the app token is revoked, and does not try on', async () => {
    const { workspace, untilHealth } = await openTestAccount()
    workspace.revoke('app', 'token_revoked')
    await untilHealth('needs-login')
    const calls = workspace.countCalls('apps.connections.open')
    await expect.poll(() => workspace.countCalls('auth.test'), patience).toBeGreaterThan(5)
    expect(workspace.countCalls('apps.connections.open')).toBe(calls)
  })

  it('asks for a person when Socket Mode is switched off, until it is on again', async () => {
    const { workspace, untilHealth, health, server } = await openTestAccount()
    workspace.faults.add({
      on: 'apps.connections.open',
      kind: 'status',
      status: 200,
      message: 'socket_mode_disabled',
      times: Number.POSITIVE_INFINITY,
    })
    workspace.disconnect('link_disabled')
    await server.waitFor(() => workspace.countCalls('apps.connections.open') > 3)
    workspace.cut()
    await server.waitFor(() => workspace.countCalls('apps.connections.open') > 8)
    expect(health.map(({ state }) => state)).toEqual(['online', 'needs-login'])
    workspace.faults.clear()
    await untilHealth('online')
  })

  it('asks for a person when the bot token is revoked, and is well when it works again', async () => {
    const { workspace, untilHealth } = await openTestAccount()
    const unauthorized = { on: 'auth.test', kind: 'unauthorized' } as const
    workspace.faults.add({ ...unauthorized, times: Number.POSITIVE_INFINITY })
    await untilHealth('needs-login')
    workspace.faults.clear()
    await untilHealth('online')
  })
})

describe('opening an account', () => {
  it.each([{ appToken: 'xapp-refused' }, { botToken: 'xoxb-refused' }])(
    'is refused for good with %j, and says which setting is wrong',
    async (wrong) => {
      const server = await openServer()
      const config = { ...configOf('socket', server.url), ...wrong }
      const [setting = ''] = Object.keys(wrong)
      await expect(slack(quickTiming).open(config, quietHost)).rejects.toMatchObject({
        code: 'UNAUTHORIZED',
        message: expect.stringContaining(setting),
      })
    },
  )
})

describe('several connections', () => {
  it('of one app get each event once, whichever of them', async () => {
    const one = await openTestAccount()
    const two = await openTestAccount({ server: one.server })
    const { workspace } = one
    const texts = Array.from({ length: 40 }, (_, index) => `m${index}`)
    for (const text of texts) workspace.say({ channel: 'C1', text })
    await expect.poll(() => workspace.waiting().length, patience).toBe(0)
    const received = [...textsOf(one.received), ...textsOf(two.received)]
    expect(received).toHaveLength(40)
    expect(new Set(received)).toEqual(new Set(texts))
    expect(one.received.length).toBeGreaterThan(0)
    expect(two.received.length).toBeGreaterThan(0)
  })

  it('of different workspaces stay apart', async () => {
    const otherToken = 'xoxb-fake-secret-two'
    const workspaces = [
      { botToken: 'xoxb-fake-secret-one', appToken: 'xapp-fake-secret-one' },
      { botToken: otherToken },
    ]
    const one = await openTestAccount({ serverOptions: { workspaces } })
    const second = one.server.workspace(otherToken)
    const two = await openTestAccount({
      server: one.server,
      accountId: 'other',
      config: { botToken: otherToken, appToken: second.appToken },
    })
    one.workspace.say({ channel: 'C1', text: 'for one' })
    second.say({ channel: 'C1', text: 'for two' })
    expect(textsOf(await one.events(1))).toEqual(['for one'])
    expect(await two.events(1)).toMatchObject([
      { text: 'for two', accountId: 'other', teamId: second.teamId },
    ])
  })
})
