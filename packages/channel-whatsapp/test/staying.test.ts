import { describe, expect, it } from 'vitest'
import { ALICE, createBench } from './account.ts'

describe('a connection', () => {
  it.each([
    ['cut', 'cut'],
    ['ended by the server', 'endStream'],
  ] as const)('that is %s is replaced, and nothing is lost or doubled', async (_how, act) => {
    const { account, open } = await createBench()
    const { health, received, until, send } = await open()
    const ids = ['one'].map((text) => account.say({ chat: ALICE, text }))
    await until(() => received.length === 1)
    account[act]()
    ids.push(account.say({ chat: ALICE, text: 'two' }))
    await until(() => received.length === 2)
    await send(ALICE, { text: 'three' })
    await until(() => account.waiting().length === 0)
    expect(received.map(({ nativeId }) => nativeId)).toEqual(ids)
    expect(account.messages(ALICE).map(({ text }) => text)).toEqual(['one', 'two', 'three'])
    expect(health.map(({ state }) => state)).toEqual(['online', 'degraded', 'online'])
  })

  it.each([500, 503])('that fails with %i is tried again', async (code) => {
    const { account, open } = await createBench()
    const { health, until } = await open()
    account.failStream(code)
    await until(() => health.length === 3)
    expect(health.map(({ state }) => state)).toEqual(['online', 'degraded', 'online'])
  })

  it('that the server restarts is restarted, without a fuss', async () => {
    const { account, open } = await createBench()
    const { health, until } = await open()
    account.failStream(515)
    await until(() => health.length === 3)
    expect(health.map(({ state }) => state)).toEqual(['online', 'connecting', 'online'])
  })

  it('survives a server that is gone for long, and takes what was said meanwhile', async () => {
    const { server, account, open } = await createBench()
    const { health, received, until, send } = await open()
    await server.stop()
    await until(() => health.some(({ state }) => state === 'offline'))
    await expect(send(ALICE, { text: 'lost?' })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    const ids = ['one', 'two', 'three'].map((text) => account.say({ chat: ALICE, text }))
    await server.restart()
    await until(() => account.waiting().length === 0 && health.at(-1)?.state === 'online')
    expect(received.map(({ nativeId }) => nativeId)).toEqual(ids)
  })

  it('on which nothing comes any more is noticed and replaced', async () => {
    const { account, open } = await createBench()
    const { health, until } = await open({ options: { probeIntervalMs: 500 } })
    account.fallSilent()
    await until(() => health.length >= 3)
    expect(health.slice(0, 3).map(({ state }) => state)).toEqual(['online', 'degraded', 'online'])
  })

  it('that is probed and answers stays', async () => {
    const { account, open } = await createBench()
    const { health, until } = await open({ options: { probeIntervalMs: 1000 } })
    await until(() => account.countCalls('iq:w:p') >= 3)
    expect(health).toEqual([{ state: 'online' }])
  })

  it('which another client has taken over is left to it for a while', async () => {
    const { account, open } = await createBench()
    account.addPerson({ number: ALICE })
    const { health, until, send } = await open({ options: { conflictPauseMs: 60_000 } })
    account.replace()
    await until(() => health.at(-1)?.state === 'degraded')
    expect(health.at(-1)).toMatchObject({ reason: expect.stringContaining('another process') })
    await expect(send(ALICE, { text: 'mine' })).rejects.toMatchObject({ code: 'CONFLICT' })
    expect(account.countCalls('login')).toBe(1)
  })

  it('of two clients with one login is had by one at a time, and no message is lost', async () => {
    const { account, open, vault } = await createBench()
    const first = await open({ options: { conflictPauseMs: 60_000 } })
    await first.until(() => account.isOnline())
    const second = await open({ vault: vault.copy() })
    await first.until(() => first.health.at(-1)?.state === 'degraded')
    const ids = ['one', 'two'].map((text) => account.say({ chat: ALICE, text }))
    await second.until(() => second.received.length === 2)
    expect(second.received.map(({ nativeId }) => nativeId)).toEqual(ids)
    expect(first.received).toEqual([])
  })

  it('takes the keys along that the server runs out of', async () => {
    const { account, open } = await createBench()
    const { until } = await open()
    account.drainPreKeys()
    await until(() => account.preKeysLeft() > 0)
  })

  it('says what it does in its own log, and prints nothing', async () => {
    const { account, open, vault } = await createBench()
    const { until, received, logged } = await open()
    account.say({ chat: ALICE, text: 'one' })
    await until(() => received.length === 1)
    account.reinstall(ALICE)
    account.say({ chat: ALICE, text: 'two' })
    await until(() => received.length === 2)
    expect(vault.values.size).toBeGreaterThan(0)
    expect(logged.join('\n')).not.toMatch(/privKey|chainKey|one|two/)
  })
})
