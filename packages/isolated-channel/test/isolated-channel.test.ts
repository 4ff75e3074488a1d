import type { Channel, Connection, Outbound } from '@junctor/channel'
import { loadIsolatedChannel } from '@junctor/isolated-channel'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { recordingHost } from './host.ts'
import { install } from './installation.ts'

const installed = install()
const calling = () => ({ idempotencyKey: 'k', signal: AbortSignal.timeout(20_000) })
const to = { channel: 'puppet', accountId: 'first', peer: { kind: 'dm', id: 'ada' } } as const
const patience = { timeout: 20_000, interval: 20 }
let channel: Channel
const opened: Connection[] = []

const about = {
  packageName: 'puppet',
  from: [installed.folder],
  channelId: 'puppet',
  memoryLimitMb: 64,
  silenceMs: 1_500,
  firstRestartMs: 20,
}

beforeAll(async () => {
  channel = await loadIsolatedChannel(about)
})

afterEach(async () => {
  for (const connection of opened.splice(0))
    await connection.close({ signal: AbortSignal.timeout(5_000) })
})

afterAll(() => installed.remove())

async function open(from = channel) {
  const host = recordingHost()
  const connection = await from.open({ name: 'pinocchio' }, host.host)
  opened.push(connection)
  const tell = (text: string, options: Partial<Outbound> & { signal?: AbortSignal } = {}) => {
    const { signal = AbortSignal.timeout(20_000), ...message } = options
    return connection.send(
      to,
      { text, format: 'plain', ...message },
      { idempotencyKey: 'key-1', signal },
    )
  }
  const outcome = async (text: string, options: Partial<Outbound> = {}): Promise<string> =>
    (await tell(text, options)).nativeId
  return { ...host, connection, tell, outcome }
}

const envelope = {
  type: 'message',
  channel: 'puppet',
  accountId: 'first',
  peer: { kind: 'dm', id: 'ada' },
  nativeId: '1',
  sender: { id: 'ada', isBot: false, isSelf: false },
  sentAt: 1,
  text: 'hi',
  mentions: { self: false, ids: [] },
  attachments: [],
}

describe('a channel from a package', () => {
  it('says what it can do and validates its settings', async () => {
    expect(channel.capabilities).toMatchObject({ maxTextLength: 100, files: { maxBytes: 1024 } })
    const { validate } = channel.config['~standard']
    expect(await validate({ name: 'x' })).toEqual({ value: { name: 'x' } })
    expect(await validate(42)).toEqual({ issues: [{ message: 'name is missing' }] })
  })

  it('sends, edits, downloads and answers requests as one in the same process would', async () => {
    const { connection, outcome } = await open()
    expect(await outcome('key')).toBe('key-1')
    await connection.edit?.(to, '1', { text: 'new', format: 'plain' }, calling())
    const stream = await connection.download?.('ref', calling())
    expect(await new Response(stream).text()).toBe('ref!')
    const response = await connection.handleRequest?.(
      new Request('http://127.0.0.1/hook', { method: 'POST', body: 'event' }),
    )
    expect(response?.status).toBe(202)
    expect(response?.headers.get('x-puppet')).toBe('yes')
    expect(await response?.text()).toBe('POST /hook event')
    expect(connection.react).toBeUndefined()
  })

  it('streams as one in the same process would', async () => {
    const { connection } = await open()
    const { stream } = connection
    const message = { text: 'half', format: 'markdown' } as const
    const options = calling()
    expect(await stream?.begin(to, message, { ...options, recipientId: 'p' })).toEqual({
      nativeId: 'half for p',
      sentAt: 1,
    })
    await stream?.append(to, '1', ' more', options)
    await expect(stream?.append(to, 'gone', 'this', options)).rejects.toMatchObject({
      code: 'INVALID',
      message: expect.stringContaining('no stream for this'),
    })
    await expect(stream?.finish(to, '1', 'end', options)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 7,
      message: expect.stringContaining(`1 end ${options.idempotencyKey}`),
    })
  })

  it('reads the files of a message as often as it likes', async () => {
    const data = () => ReadableStream.from([new TextEncoder().encode('bytes')])
    const { outcome } = await open()
    expect(await outcome('file', { files: [{ name: 'a', mediaType: 'text/plain', data }] })).toBe(
      'a=bytes,a=bytes',
    )
  })

  it('fails with the code and the time to wait that it gave', async () => {
    const { connection, tell } = await open()
    await expect(tell('limit')).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 1500,
      channel: 'puppet',
    })
    await expect(
      connection.edit?.(to, 'gone', { text: 'new', format: 'plain' }, calling()),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(channel.open({ name: 'refused' }, recordingHost().host)).rejects.toMatchObject({
      code: 'UNAUTHORIZED',
    })
  })

  it('does not say that something was sent when it does not know what', async () => {
    const { tell } = await open()
    await expect(tell('nonsense')).rejects.toMatchObject({ code: 'UNKNOWN' })
  })

  it('hands over envelopes, reports and log entries', async () => {
    const { outcome, received, health, logged } = await open()
    expect(await outcome(`receive ${JSON.stringify(envelope)}`)).toBe('accepted')
    expect(received).toEqual([envelope])
    expect(health).toEqual([{ state: 'online' }])
    await outcome('log careful')
    expect(logged).toContainEqual(['warn', { cause: 'inner', big: '1' }, 'careful'])
  })

  it('refuses envelopes that are not what the contract says', async () => {
    const { outcome, received } = await open()
    const { mentions: _, ...incomplete } = envelope
    for (const [wrong, problem] of [
      [incomplete, 'mentions is no object'],
      [{ ...envelope, text: 7 }, 'text is no text'],
      [{ ...envelope, peer: { kind: 'crowd', id: 'x' } }, 'peer has an unknown kind'],
      [{ ...envelope, type: 'rumour' }, 'type is none that an envelope can have'],
      [{ ...envelope, attachments: [{ kind: 'file' }] }, 'ref is no text'],
    ] as const)
      expect(await outcome(`receive ${JSON.stringify(wrong)}`)).toContain(problem)
    expect(await outcome('vault 600')).toMatch(/at most 512/)
    expect(received).toEqual([])
  })

  it('is told to stop a call whose signal aborts, and is not waited for when it does not', async () => {
    const { tell } = await open()
    const abort = new AbortController()
    const waiting = tell('wait', { signal: abort.signal })
    const ignoring = tell('ignore', { signal: abort.signal })
    waiting.catch(() => {})
    ignoring.catch(() => {})
    abort.abort()
    await expect(waiting).rejects.toThrow('told to stop')
    await expect(ignoring).rejects.toMatchObject({ code: 'UNKNOWN' })
  })

  it('closes once, and sends nothing afterwards', async () => {
    const { connection, vault, tell } = await open()
    await connection.close({ signal: AbortSignal.timeout(5_000) })
    expect(vault.has('closed')).toBe(true)
    await expect(tell('key')).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

describe('its process', () => {
  it('reads its own code and that of its dependencies, and no other file', async () => {
    const { outcome } = await open()
    expect(await outcome('import puppet-strings')).toBe('attached')
    for (const path of ['/etc/passwd', '/proc/self/environ', `/proc/${process.pid}/environ`])
      expect(await outcome(`read ${path}`), path).toBe('ERR_ACCESS_DENIED')
    expect(await outcome(`read ${installed.folder}/node_modules/thrower/index.js`)).toBe(
      'ERR_ACCESS_DENIED',
    )
  })

  it('starts no process and no worker, signals none, and has no environment', async () => {
    const { outcome } = await open()
    expect(await outcome('spawn')).toBe('ERR_ACCESS_DENIED')
    expect(await outcome('worker')).toBe('ERR_ACCESS_DENIED')
    expect(await outcome(`kill ${process.pid}`)).toMatch(/not a function/)
    expect(await outcome('env')).toBe('{}')
  })

  it.each([
    ['ends', 'exit', /exit code 3 \(it last printed: the puppet falls\)/],
    ['never answers', 'loop', /signal SIGKILL/],
    ['eats memory', 'hoard', /./],
  ])('is started anew when it %s, with the same settings and vault', async (_, verb, reason) => {
    const { tell, outcome, health } = await open()
    expect(await outcome('opened')).toBe('1')
    await expect(tell(verb)).rejects.toMatchObject({ code: 'UNKNOWN' })
    await vi.waitFor(() => expect(health.at(-1)).toEqual({ state: 'online' }), patience)
    expect(health.find(({ state }) => state === 'offline')).toMatchObject({
      reason: expect.stringMatching(reason),
    })
    await vi.waitFor(async () => expect(await outcome('opened')).toBe('2'), patience)
  })

  it('is told which commands people may type', async () => {
    const { outcome } = await open()
    expect(await outcome('commands')).toBe('[{"name":"status","description":"Show"}]')
  })

  it('fails what is sent while it is down in a way that is tried again', async () => {
    const patient = await loadIsolatedChannel({ ...about, firstRestartMs: 60_000 })
    const { tell, health } = await open(patient)
    await expect(tell('exit')).rejects.toMatchObject({ code: 'UNKNOWN' })
    await vi.waitFor(() => expect(health.at(-1)?.state).toBe('offline'), patience)
    await expect(tell('key')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('ends when its account is dropped', async () => {
    const { tell, drop, connection } = await open()
    drop()
    await connection.close({ signal: AbortSignal.timeout(5_000) })
    await expect(tell('key')).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

describe('a package is refused', () => {
  const load = (packageName: string, channelId = packageName) =>
    loadIsolatedChannel({
      packageName,
      from: ['/nowhere', installed.folder, '/nowhere'],
      channelId,
    })

  it('that is not installed, with the command that installs it', async () => {
    await expect(load('missing')).rejects.toMatchObject({
      code: 'PACKAGE_NOT_FOUND',
      message: expect.stringContaining(
        `in /nowhere or ${installed.folder}. Run \`npm install --prefix /nowhere missing\``,
      ),
    })
  })

  it('that is written for another contract', async () => {
    await expect(load('next-spec')).rejects.toMatchObject({
      code: 'INCOMPATIBLE_SPEC',
      message: expect.stringContaining('speaks channel-v2, and this gateway speaks channel-v1'),
    })
  })

  it('that is no channel, or another one', async () => {
    await expect(load('no-channel')).rejects.toMatchObject({ code: 'NOT_A_CHANNEL' })
    await expect(load('puppet', 'marionette')).rejects.toMatchObject({
      code: 'NOT_A_CHANNEL',
      message: expect.stringContaining('configure it as channels.puppet'),
    })
  })

  it('that fails while it is loaded, with what it said', async () => {
    await expect(load('thrower')).rejects.toMatchObject({
      code: 'PACKAGE_FAILED',
      message: expect.stringContaining('no luck today'),
    })
  })
})
