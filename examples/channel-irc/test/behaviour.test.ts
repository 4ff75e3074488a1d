import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection, Envelope, Health } from '@junctor/channel'
import { createChangeWatch } from '@junctor/testkit'
import { channel } from 'junctor-channel-irc'
import { configOf } from './harness.ts'
import { createIrcServer, type IrcServer } from './irc-server.ts'

interface Scene extends AsyncDisposable {
  readonly server: IrcServer
  readonly connection: Connection
  readonly received: readonly Envelope[]
  readonly health: readonly Health[]
  send(text: string, peerId?: string): Promise<string>
  until(predicate: () => boolean): Promise<void>
}

async function open(
  receive: (envelope: Envelope) => Promise<'accepted'> = async () => 'accepted',
): Promise<Scene> {
  const server = await createIrcServer({ password: 'fake-secret-of-the-server' })
  const watch = createChangeWatch()
  const received: Envelope[] = []
  const health: Health[] = []
  const connection = await channel.open(configOf(server), {
    accountId: 'default',
    log: { debug() {}, info() {}, warn() {}, error() {} },
    vault: { read: async () => undefined, write: async () => {}, remove: async () => {} },
    fetch: globalThis.fetch,
    signal: new AbortController().signal,
    async receive(envelope) {
      received.push(envelope)
      watch.changed()
      return receive(envelope)
    },
    report(state) {
      health.push(state)
      watch.changed()
    },
  })
  let lastKey = 0
  return {
    server,
    connection,
    received,
    health,
    until: (predicate) => watch.waitFor(predicate),
    async send(text, peerId = '#family') {
      lastKey += 1
      const kind = peerId.startsWith('#') ? 'group' : 'dm'
      const to = { channel: 'irc', accountId: 'default', peer: { kind, id: peerId } } as const
      const options = { idempotencyKey: String(lastKey), signal: AbortSignal.timeout(10_000) }
      return (await connection.send(to, { text, format: 'plain' }, options)).nativeId
    },
    async [Symbol.asyncDispose]() {
      await connection.close({ signal: AbortSignal.abort() })
      await server.stop().catch(() => {})
    },
  }
}

const idsOf = (envelopes: readonly Envelope[]): readonly string[] =>
  envelopes.map(({ nativeId }) => nativeId)

describe('receiving', () => {
  it('tells a room from a direct message, and a call by nick from talk', async () => {
    await using scene = await open()
    scene.server.say({ target: '#family', text: 'Robot: tea?' })
    scene.server.say({ target: '#family', text: 'the robots are coming' })
    scene.server.say({ target: 'robot', text: 'psst' })
    await scene.until(() => scene.received.length === 3)
    assert.deepEqual(
      scene.received.map((event) => [
        event.peer.kind,
        event.peer.id,
        event.type === 'message' && event.mentions.self,
      ]),
      [
        ['group', '#family', true],
        ['group', '#family', false],
        ['dm', 'alice', false],
      ],
    )
  })

  it('reads an action as text and answers no request of a client', async () => {
    await using scene = await open()
    scene.server.say({ target: '#family', text: '\u0001VERSION\u0001' })
    scene.server.say({ target: '#family', text: '\u0001ACTION waves\u0001' })
    await scene.until(() => scene.received.length === 1)
    assert.equal(scene.received[0]?.type === 'message' && scene.received[0].text, '* waves')
  })

  it('offers what could not be stored again, and lets nothing of the room overtake it', async () => {
    let failures = 2
    const stored: string[] = []
    await using scene = await open(async ({ nativeId }) => {
      if (failures > 0) {
        failures -= 1
        throw new Error('disk full')
      }
      stored.push(nativeId)
      return 'accepted'
    })
    const ids = ['one', 'two', 'three'].map((text) => scene.server.say({ target: '#family', text }))
    await scene.until(() => scene.received.length === 5)
    assert.deepEqual(stored, ids)
  })

  it('comes back after an outage and goes on receiving', async () => {
    await using scene = await open()
    await scene.server.stop()
    await scene.until(() => scene.health.some(({ state }) => state !== 'online'))
    await scene.server.restart()
    await scene.until(() => scene.health.at(-1)?.state === 'online')
    const id = scene.server.say({ target: '#family', text: 'are you there?' })
    await scene.until(() => idsOf(scene.received).includes(id))
  })

  it('hears nothing once it is closed', async () => {
    const scene = await open()
    await scene.connection.close({ signal: AbortSignal.timeout(5_000) })
    scene.server.say({ target: '#family', text: 'too late' })
    await scene.server.stop()
    assert.deepEqual(scene.received, [])
  })
})

describe('sending', () => {
  it('says each line as a message of its own, and cuts what is too long for a line', async () => {
    await using scene = await open()
    await scene.send(`first\n\nsecond\r\n${'ü'.repeat(300)}`)
    const [first, second, ...rest] = scene.server.said.map(({ text }) => text)
    assert.deepEqual([first, second], ['first', 'second'])
    assert.equal(rest.join(''), 'ü'.repeat(300))
    assert.ok(rest.every((line) => Buffer.byteLength(line) <= 360))
  })

  it('cannot be made to say anything else to the server, or to a client', async () => {
    await using scene = await open()
    await scene.send('hello\r\nQUIT :bye\u0001VERSION\u0001')
    assert.deepEqual(
      scene.server.said.map(({ text }) => text),
      ['hello', 'QUIT :byeVERSION'],
    )
    await assert.rejects(scene.send('hi', '#family JOIN #other'), { code: 'INVALID' })
    assert.ok(!scene.server.lines.some((line) => line.startsWith('QUIT')))
  })

  it('says how long to wait when it is asked to flood the server', async () => {
    await using scene = await open()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 14 }, (_, index) => scene.send(`line ${index}`)),
    )
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    assert.ok(refused.length > 0)
    for (const { reason } of refused) {
      assert.equal(reason.code, 'RATE_LIMITED')
      assert.ok(reason.retryAfterMs > 0)
    }
    assert.equal(scene.server.said.length + refused.length, 14)
  })

  it('has said everything in order when whoever sends waits as it is told', async () => {
    await using scene = await open()
    const texts = Array.from({ length: 25 }, (_, index) => `line ${index} Grüße 👩‍👩‍👧`)
    for (const text of texts)
      for (;;) {
        const refusal = await scene.send(text).then(
          () => undefined,
          (error: { readonly retryAfterMs: number }) => error,
        )
        if (refusal === undefined) break
        await sleep(refusal.retryAfterMs)
      }
    assert.deepEqual(
      scene.server.said.map((one) => one.text),
      texts,
    )
  })
})
