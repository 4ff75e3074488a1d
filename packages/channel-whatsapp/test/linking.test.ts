import { describe, expect, it } from 'vitest'
import { ALICE, createBench, createVault } from './account.ts'
import { NUMBER } from './harness.ts'

const codeIn = (reason: string): string => /enter (\w{4}-\w{4}) /.exec(reason)?.[1] ?? ''

describe('an account that no phone has linked', () => {
  it('shows a QR code, and is online once the phone has scanned it', async () => {
    const { account, open } = await createBench()
    const states: string[] = []
    const { message, health, close } = await open({
      config: {},
      onHealth(state) {
        states.push(state.state)
        if (state.state === 'needs-login' && state.qr) account.scan(state.qr)
      },
    })
    expect(states).toEqual(['needs-login', 'connecting', 'online'])
    expect(health[0]).toMatchObject({ reason: expect.stringContaining('scan the QR code') })
    account.say({ chat: ALICE, text: 'hello' })
    expect((await message(0)).text).toBe('hello')
    await close()
    // It is linked for good.
    const again = await open({ config: {} })
    expect(again.health).toEqual([{ state: 'online' }])
  })

  it('shows a code to type where a number is configured', async () => {
    const { server, account, open } = await createBench()
    const codes: string[] = []
    const { health } = await open({
      config: { phoneNumber: NUMBER },
      onHealth(state) {
        if (state.state !== 'needs-login') return
        codes.push(codeIn(state.reason))
        void server
          .waitFor(account.wantsCode)
          .then(() => account.enterCode((codes[0] ?? '').replace('-', '')))
      },
    })
    expect(codes).toHaveLength(1)
    expect(health.at(-1)).toEqual({ state: 'online' })
    expect(health[0]).not.toHaveProperty('qr')
  })

  it('gets new QR codes when the old ones expire', async () => {
    const { account, open } = await createBench()
    const shown = new Set<string>()
    await open({
      config: {},
      options: { qrTimeoutMs: 50 },
      onHealth(state) {
        if (state.state !== 'needs-login' || !state.qr) return
        shown.add(state.qr)
        // Two of them belong to one connection.
        if (shown.size === 4) account.scan(state.qr)
      },
    })
    expect(shown.size).toBe(4)
  })

  it('can be given up', async () => {
    const { open } = await createBench()
    const stop = new AbortController()
    const opening = open({
      config: {},
      signal: stop.signal,
      onHealth: ({ state }) => {
        if (state === 'needs-login') stop.abort()
      },
    })
    await expect(opening).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

describe('the folder of an older client', () => {
  it('is read once, and from then on its keys live in the vault', async () => {
    const { account, open, authDir } = await createBench()
    const first = await open({ config: { authDir } })
    account.say({ chat: ALICE, text: 'one' })
    await first.message(0)
    await first.close()
    const { message } = await open({ config: {} })
    account.say({ chat: ALICE, text: 'two' })
    expect((await message(0)).text).toBe('two')
  })

  it('which holds no login is named', async () => {
    const { open, folder } = await createBench()
    const authDir = await folder()
    await expect(open({ config: { authDir } })).rejects.toMatchObject({
      code: 'INVALID',
      message: expect.stringContaining(authDir),
    })
  })
})

describe('a login that the phone has revoked', () => {
  it('asks for a new one, and loses nothing that was said in between', async () => {
    const { account, open } = await createBench()
    const { health, received, until, send } = await open({
      onHealth(state) {
        if (state.state === 'needs-login' && state.qr) account.scan(state.qr)
      },
    })
    account.logOut()
    await until(() => health.some(({ state }) => state === 'needs-login'))
    account.say({ chat: ALICE, text: 'are you there?' })
    await until(() => health.at(-1)?.state === 'online')
    await until(() => received.length === 1)
    await send(ALICE, { text: 'here again' })
    expect(account.messages(ALICE).map(({ text }) => text)).toEqual([
      'are you there?',
      'here again',
    ])
  })

  it('refuses to send while nobody has linked it again', async () => {
    const { account, open } = await createBench()
    account.addPerson({ number: ALICE })
    const { health, until, send } = await open()
    account.logOut()
    await until(() => health.some((state) => state.state === 'needs-login' && Boolean(state.qr)))
    await expect(send(ALICE, { text: 'hi' })).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })

  it('found at the start is linked anew, although the folder has not changed', async () => {
    const { account, open, authDir } = await createBench()
    account.logOut()
    const { health } = await open({
      config: { authDir },
      onHealth(state) {
        if (state.state === 'needs-login' && state.qr) account.scan(state.qr)
      },
    })
    expect(health.map(({ state }) => state)).toEqual([
      'needs-login',
      'needs-login',
      'connecting',
      'online',
    ])
  })
})

describe('an account that WhatsApp does not let in', () => {
  it.each([
    [403, 'UNAUTHORIZED', 'locked'],
    [405, 'UNSUPPORTED', 'update'],
  ])('with %i is told why', async (code, error, word) => {
    const { account, open } = await createBench()
    account.refuseLogins(code)
    await expect(open()).rejects.toMatchObject({
      code: error,
      message: expect.stringContaining(word),
    })
  })

  it('later on says why, and comes back when it is let in again', async () => {
    const { account, open } = await createBench()
    const { health, until } = await open()
    account.refuseLogins(403)
    account.cut()
    await until(() =>
      health.some((state) => state.state === 'offline' && state.reason.includes('locked')),
    )
    account.refuseLogins(undefined)
    await until(() => health.at(-1)?.state === 'online')
  })
})

describe('two accounts', () => {
  it('in one process know nothing of each other', async () => {
    const { server, account, open, folder } = await createBench()
    const other = server.addAccount({ number: '15550002222' })
    const authDir = await folder()
    await other.writeAuthFolder(authDir)
    const first = await open()
    const second = await open({ config: { authDir }, vault: createVault() })
    account.say({ chat: ALICE, text: 'to the first' })
    other.say({ chat: ALICE, text: 'to the second' })
    expect((await first.message(0)).text).toBe('to the first')
    expect((await second.message(0)).text).toBe('to the second')
    await second.send(ALICE, { text: 'from the second' })
    expect(account.messages(ALICE).map(({ text }) => text)).toEqual(['to the first'])
    expect(other.messages(ALICE).at(-1)).toMatchObject({ from: 'self', text: 'from the second' })
    account.logOut()
    await first.until(() => first.health.at(-1)?.state === 'needs-login')
    await second.send(ALICE, { text: 'still here' })
    expect([first.received.length, second.received.length]).toEqual([1, 1])
  })
})
