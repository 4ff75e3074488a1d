import { createSubagentBook } from '@junctor/gateway'
import { openSqliteStore } from '@junctor/store-sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createInstallation, type Installation } from './installation.ts'

let installation: Installation

beforeEach(async () => {
  installation = await createInstallation(`{ channels: { web: {} } }`)
})
afterEach(() => installation.close())

describe('sessions list', () => {
  it('says of sub-agents who started them, what they are called and how they ended', async () => {
    const store = openSqliteStore({ stateDir: installation.stateDir })
    const agent = store.agent('main')
    const channel = {
      channel: 'web',
      accountId: 'default',
      peer: { kind: 'dm', id: 'me' },
    } as const
    const parent = 'agent:main:main'
    const keys = [parent, 'agent:main:subagent:1', 'agent:main:subagent:2']
    for (const [index, sessionKey] of keys.entries())
      await agent.accept({
        id: `msg_${index}`,
        reference: { ...channel, nativeId: String(index) },
        sessionKey,
        body: null,
        trace: null,
      })
    const book = createSubagentBook(store)
    const started = { parent, depth: 1, cleanup: 'keep', createdAt: 1 } as const
    await book.add('agent:main:subagent:1', { ...started, label: 'sheep' })
    await book.change('agent:main:subagent:1', { endedAt: 2, status: 'timeout' })
    await book.add('agent:main:subagent:2', started)
    await store.close()

    const { stdout } = await installation.run('sessions', 'list')
    expect(stdout).toMatch(/:subagent:1 .* sub-agent "sheep" of agent:main:main, timeout$/m)
    expect(stdout).toMatch(/:subagent:2 .* sub-agent of agent:main:main, not ended yet$/m)
    expect(stdout).toMatch(/^agent:main:main +0 turns +\S+$/m)
    expect(await installation.json('sessions', 'list', '--json')).toContainEqual(
      expect.objectContaining({ sessionKey: parent }),
    )
  })
})
