import { deepEqual, equal, ok } from 'node:assert/strict'
import { describe } from './session.ts'
import type { SuiteCase } from './suite-case.ts'

export const lifecycleCases: readonly SuiteCase[] = [
  {
    name: 'declares exactly what it implements',
    async run({ open, harness }) {
      const { connection } = await open()
      const { edit, stream = false, remove, reactions, typing } = harness.channel.capabilities
      equal(harness.channel.spec, 'channel-v1')
      deepEqual(
        {
          edit: connection.edit !== undefined,
          stream: connection.stream !== undefined,
          remove: connection.remove !== undefined,
          reactions: connection.react !== undefined,
          typing: connection.typing !== undefined,
        },
        {
          edit: edit !== false,
          stream: stream !== false,
          remove,
          reactions,
          typing: typing !== false,
        },
      )
      ok(stream === false || edit !== false, 'what is streamed must be editable')
    },
  },
  {
    name: 'accepts its own config and refuses nonsense',
    async run({ harness }) {
      const { validate } = harness.channel.config['~standard']
      const issuesOf = async (value: unknown): Promise<unknown> => {
        const result: unknown = await validate(value)
        return typeof result === 'object' && result !== null && 'issues' in result
          ? result.issues
          : undefined
      }
      equal(await issuesOf(harness.config), undefined)
      for (const nonsense of [undefined, 42]) {
        const issues = await issuesOf(nonsense)
        ok(Array.isArray(issues) && issues.length > 0, `${String(nonsense)} is no config`)
      }
    },
  },
  {
    name: 'rejects open with UNAUTHORIZED when the credentials are refused',
    async run({ open, harness, failure }) {
      const error = await failure(open({ config: harness.refusedConfig }), 'open')
      equal(error.code, 'UNAUTHORIZED')
    },
  },
  {
    name: 'rejects open with a code worth another try when the platform cannot be reached',
    async run({ open, harness, failure }) {
      await harness.stop()
      const { code } = await failure(open(), 'open')
      equal(code, 'UNAVAILABLE')
    },
  },
  {
    name: 'throws errors of its own channel, without secrets in them or in the log',
    async run({ open, harness, failure }) {
      const { send, logged, until, health } = await open()
      const texts: string[] = []
      for (const effect of [{ kind: 'drop-after' }, { kind: 'status', status: 400 }] as const) {
        harness.fault('send', effect)
        const error = await failure(send('hello'), 'send')
        equal(error.channel, harness.channel.id)
        texts.push(describe(error))
      }
      await harness.stop()
      texts.push(describe(await failure(send('hello'), 'send')))
      await until(() => health.some(({ state }) => state !== 'online'))
      texts.push(...logged, ...health.map((state) => JSON.stringify(state)))
      for (const secret of harness.secrets ?? []) {
        ok(!texts.some((text) => text.includes(secret)), 'a secret shows')
      }
    },
  },
  {
    name: 'refuses to send after close with CLOSED',
    async run({ open, harness, within, failure }) {
      const session = await open()
      await within(session.close(), 'close')
      equal((await failure(session.send('late'), 'send')).code, 'CLOSED')
      deepEqual(await harness.shown(), [])
    },
  },
  {
    name: 'receives nothing after close',
    async run({ open, harness, within }) {
      const first = await open()
      await within(first.close(), 'close')
      const id = harness.say({ text: 'too late' })
      // The event is still there for the one who opens next, so the closed one did not take it.
      const second = await open()
      await second.until(() => second.received.some((event) => event.nativeId === id))
      deepEqual(first.received, [])
    },
  },
  {
    name: 'lets a send in flight finish before it has closed',
    async run({ open, harness, within, patienceMs }) {
      const session = await open()
      harness.fault('send', { kind: 'delay', delayMs: 20 })
      let sent = false
      const sending = session.send('slow').then(() => {
        sent = true
      })
      sending.catch(() => {})
      await harness.waitFor(() => harness.countCalls('send') === 1, { timeoutMs: patienceMs })
      await within(session.close(), 'close')
      equal(sent, true, 'close did not wait')
      await within(sending, 'send')
    },
  },
  {
    name: 'cuts sends off when closing has to end',
    async run({ open, harness, within, failure, patienceMs }) {
      const session = await open()
      harness.fault('send', { kind: 'silence' })
      const never = new AbortController()
      const sending = failure(session.send('stuck', { signal: never.signal }), 'a send cut off')
      await harness.waitFor(() => harness.countCalls('send') === 1, { timeoutMs: patienceMs })
      await within(session.connection.close({ signal: AbortSignal.abort() }), 'close')
      equal((await sending).code, 'UNKNOWN')
    },
  },
  {
    name: "stops receiving when the host's signal aborts",
    async run({ open, harness }) {
      const first = await open()
      harness.say({ text: 'hello' })
      await first.until(() => first.received.length === 1)
      first.host.abort()
      await first.close()
      const id = harness.say({ text: 'later' })
      const second = await open()
      await second.until(() => second.received.some((event) => event.nativeId === id))
      equal(first.received.length, 1)
    },
  },
  {
    name: 'reports an outage, comes back by itself and goes on receiving',
    async run({ open, harness }) {
      const { health, received, until } = await open()
      await until(() => health.at(-1)?.state === 'online')
      await harness.stop()
      await until(() => ['degraded', 'offline', 'connecting'].includes(health.at(-1)?.state ?? ''))
      const id = harness.say({ text: 'hello?' })
      await harness.restart()
      await until(() => received.some((event) => event.nativeId === id))
      await until(() => health.at(-1)?.state === 'online')
    },
  },
  {
    name: 'says so when another process takes its connection over',
    async run({ open, harness }) {
      const { health, until } = await open()
      await until(() => health.at(-1)?.state === 'online')
      harness.fault('receive', { kind: 'second-consumer' })
      harness.say({ text: 'for whom?' })
      await until(() =>
        health.some((state) => state.state !== 'online' && /another process/.test(state.reason)),
      )
      await until(() => health.at(-1)?.state === 'online')
    },
  },
  {
    name: 'asks for a login when its credentials are withdrawn',
    async run({ open, harness }) {
      const { health, until } = await open()
      await until(() => health.at(-1)?.state === 'online')
      harness.fault('receive', { kind: 'unauthorized' }, Number.POSITIVE_INFINITY)
      harness.say({ text: 'hello' })
      await until(() => ['needs-login', 'offline'].includes(health.at(-1)?.state ?? ''))
    },
  },
]
