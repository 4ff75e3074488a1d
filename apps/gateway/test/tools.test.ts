import { afterEach, describe, expect, it } from 'vitest'
import { createInstallation, type Installation } from './installation.ts'

const config = `{
  gateway: { port: 0 },
  tools: { throttle: { exec: '10/m' } },
  agents: { list: [
    { id: 'home' },
    {
      id: 'family', sandbox: { mode: 'non-main' },
      tools: { allow: ['exec', 'read', 'sessions_*'], deny: ['write'] },
    },
  ] },
  channels: { web: { groups: { room: { tools: { deny: ['read'] } } } } },
}`

interface Explained {
  readonly sessionKey: string
  readonly sandboxed: boolean
  readonly tools: readonly { readonly name: string; readonly allowed: boolean }[]
}

describe('tools explain', () => {
  let installation: Installation
  afterEach(() => installation.close())

  const about = async (...args: readonly string[]) => {
    const explained = (await installation.json('tools', 'explain', ...args, '--json')) as Explained
    return {
      ...explained,
      of: (tool: string) => explained.tools.find(({ name }) => name === tool),
    }
  }

  it('names the rule for each tool, with and without a running gateway', async () => {
    installation = await createInstallation(config)
    const family = ['--agent', 'family'] as const
    const offline = await about(...family)
    expect(offline.of('write')).toMatchObject({
      allowed: false,
      layer: 'agents.family.tools',
      rule: 'deny "write"',
    })
    expect(offline.of('exec')).toMatchObject({
      allowed: true,
      rule: 'allow "exec"',
      limits: ['tools.throttle "exec": 10 calls a minute'],
    })
    expect(offline).toMatchObject({ sessionKey: 'agent:family:main', sandboxed: false })
    const room = await about(...family, '--session', 'agent:family:web:group:room')
    expect(room.sandboxed).toBe(true)
    expect(room.of('read')).toMatchObject({
      layer: 'channels.web.accounts.default.groups.room.tools',
      allowed: false,
    })
    const text = (await installation.run('tools', 'explain', ...family)).stdout
    expect(text).toMatch(/write +denied +agents\.family\.tools: deny "write"/)

    await installation.start()
    const running = await about(...family)
    for (const tool of ['exec', 'read', 'write']) expect(running.of(tool)).toEqual(offline.of(tool))
    // Only tools that there are.
    expect(running.of('web_search')).toBeUndefined()
    expect(running.of('sessions_list')).toMatchObject({ allowed: true })
  })

  it('says what it was asked wrongly', async () => {
    installation = await createInstallation(config)
    expect((await installation.run('tools', 'explain', '--agent', 'nobody')).code).toBe(3)
    const session = ['--session', 'agent:home:main'] as const
    expect((await installation.run('tools', 'explain', '--agent', 'family', ...session)).code).toBe(
      3,
    )
    const none = ['--session', 'family'] as const
    expect((await installation.run('tools', 'explain', '--agent', 'family', ...none)).code).toBe(2)
  })
})
