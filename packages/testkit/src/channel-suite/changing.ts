import { deepEqual, equal } from 'node:assert/strict'
import type { SendOptions } from '@junctor/channel'
import type { SuiteCase } from './suite-case.ts'

export const changingCases: readonly SuiteCase[] = [
  {
    name: 'changes a message in place',
    applies: ({ edit }) => edit !== false,
    async run({ open, harness, within }) {
      const { send, connection } = await open()
      const { nativeId } = await within(send('before'), 'send')
      const change = { text: 'after', format: 'plain' } as const
      await within(edited(connection.edit?.(harness.address, nativeId, change, options())), 'edit')
      deepEqual(
        (await harness.shown()).map(({ text }) => text),
        ['after'],
      )
    },
  },
  {
    name: 'succeeds with an edit that changes nothing',
    applies: ({ edit }) => edit !== false,
    async run({ open, harness, within }) {
      const { send, connection } = await open()
      const { nativeId } = await within(send('**same**', { format: 'markdown' }), 'send')
      const change = { text: '**same**', format: 'markdown' } as const
      await within(edited(connection.edit?.(harness.address, nativeId, change, options())), 'edit')
      equal((await harness.shown()).length, 1)
    },
  },
  {
    name: 'reports NOT_FOUND for an edit of a message that is gone',
    applies: ({ edit, remove }) => edit !== false && remove,
    async run({ open, harness, within, failure }) {
      const { send, connection } = await open()
      const { nativeId } = await within(send('hello'), 'send')
      await within(edited(connection.remove?.(harness.address, nativeId, options())), 'remove')
      const change = { text: 'after', format: 'plain' } as const
      const editing = edited(connection.edit?.(harness.address, nativeId, change, options()))
      equal((await failure(editing, 'edit')).code, 'NOT_FOUND')
    },
  },
  {
    name: 'removes a message',
    applies: ({ remove }) => remove,
    async run({ open, harness, within }) {
      const { send, connection } = await open()
      const { nativeId } = await within(send('hello'), 'send')
      await within(edited(connection.remove?.(harness.address, nativeId, options())), 'remove')
      deepEqual(await harness.shown(), [])
    },
  },
  {
    name: 'reacts to a message',
    applies: ({ reactions }) => reactions,
    async run({ open, harness, within }) {
      const { connection } = await open()
      const id = harness.say({ text: 'hello' })
      await within(edited(connection.react?.(harness.address, id, '👍', options())), 'react')
      deepEqual((await harness.shown())[0]?.reactions, ['👍'])
    },
  },
  {
    name: 'shows that it is typing',
    applies: ({ typing }) => typing !== false,
    async run({ open, harness, within, patienceMs }) {
      const { connection } = await open()
      const asked = { signal: AbortSignal.timeout(5000), replyTo: harness.say({ text: 'hello' }) }
      await within(edited(connection.typing?.(harness.address, asked)), 'typing')
      await harness.waitFor(() => harness.countCalls('typing') > 0, { timeoutMs: patienceMs })
      equal(harness.countCalls('typing'), 1)
    },
  },
]

function options(): SendOptions {
  return { idempotencyKey: crypto.randomUUID(), signal: AbortSignal.timeout(5000) }
}

function edited(call: Promise<void> | undefined): Promise<void> {
  return call ?? Promise.reject(new Error('The connection lacks the method'))
}
