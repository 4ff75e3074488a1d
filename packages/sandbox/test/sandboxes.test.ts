import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Workbench } from '@junctor/agent'
import {
  createSandboxes,
  defaultSandboxSettings,
  type Sandboxes,
  type SandboxOwner,
  type SandboxSettings,
} from '@junctor/sandbox'
import { ensureTestImage } from '@junctor/testkit/docker'
import { workbenchSuite } from '@junctor/testkit/workbench-suite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const found = await ensureTestImage()
const signal = AbortSignal.timeout(20 * 60_000)
const instance = `t${crypto.randomUUID().slice(0, 8)}`
let folder: string
let settings: SandboxSettings
let now = Date.UTC(2030, 0, 1)
let sandboxes: Sandboxes

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'junctor-sandbox-')))
  for (const id of ['ann', 'bob']) await mkdir(join(folder, `workspace-${id}`))
  sandboxes = createSandboxes({ instance, folder: join(folder, 'sandboxes'), now: () => now })
  settings = {
    ...defaultSandboxSettings,
    image: 'image' in found ? found.image : '',
    memoryBytes: 64 * 1024 * 1024,
    pidsLimit: 64,
  }
})
beforeEach((context) => {
  if ('missing' in found) context.skip(found.missing)
})
afterAll(async () => {
  if ('image' in found) await sandboxes.remove()
  await rm(folder, { recursive: true, force: true })
})

const owner = (agentId: string, sessionKey = `agent:${agentId}:main`): SandboxOwner => ({
  agentId,
  sessionKey,
  workspace: join(folder, `workspace-${agentId}`),
})

async function run(workbench: Workbench, script: string, environment = {}) {
  const command = await workbench.run(script, { signal, environment })
  command.endInput()
  let output = ''
  for await (const part of command.output) output += new TextDecoder().decode(part)
  return { output, ...(await command.exit) }
}

if ('image' in found) {
  workbenchSuite({
    describe,
    it,
    name: 'sandbox',
    open: () => sandboxes.open(owner('suite'), settings),
  })
}

describe('a sandbox', () => {
  it('has no network, a closed root, no rights and limits, and says that it was tried', async () => {
    const workbench = await sandboxes.open(owner('ann'), settings)
    const [state] = (await sandboxes.list()).filter(({ agentId }) => agentId === 'ann')
    expect(state?.attested.map(({ what }) => what)).toEqual([
      'the network is off',
      'the root file system is read-only',
      'commands run as user 1000',
      'no capability is held',
      'no capability can be had',
      'no privilege can be gained',
      'system calls are filtered',
      'memory is limited',
      'processes are limited',
      'processor time is limited',
    ])
    expect(state?.attested.filter(({ holds }) => !holds)).toEqual([])
    expect((await run(workbench, 'echo x > /etc/x')).exitCode).not.toBe(0)
    expect((await run(workbench, 'echo x > /tmp/x && cat /tmp/x')).output).toBe('x\n')
    expect((await run(workbench, 'id -u')).output).toBe('1000\n')
  })

  it('reaches no server of the host', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    let visits = 0
    server.on('connection', () => (visits += 1))
    const { port } = server.address() as AddressInfo
    const workbench = await sandboxes.open(owner('ann'), settings)
    const { exitCode } = await run(workbench, `nc -w 2 127.0.0.1 ${port} < /dev/null`)
    expect(exitCode).not.toBe(0)
    expect(visits).toBe(0)
    await new Promise((resolve) => server.close(resolve))
  })

  it('does not see the host: its files, its processes, the keys of the gateway', async () => {
    await writeFile(join(folder, 'workspace-ann', 'mine.md'), 'of the host')
    const workbench = await sandboxes.open(owner('ann'), settings)
    expect(
      (await run(workbench, `ls ${folder} 2>&1; ls /workspace/mine.md 2>&1`)).output,
    ).not.toContain('of the host')
    const { output } = await run(
      workbench,
      'cat /proc/*/cmdline | tr "\\0" " "; env; cat /var/run/docker.sock 2>&1',
    )
    expect(output).not.toContain('vitest')
    expect(output).not.toContain(String(process.env['PATH']))
    expect(output).toContain("can't open '/var/run/docker.sock'")
  })

  it('stops a hog of memory and a fork bomb, and says which limit was hit', async () => {
    const workbench = await sandboxes.open(owner('ann'), settings)
    const hog = await run(workbench, 'x=a; while :; do x=$x$x; done')
    expect(hog.exitCode).not.toBe(0)
    expect(hog.reason).toContain('memory limit of 64 MiB')
    const bomb = await run(workbench, 'bomb() { bomb | bomb & wait; }; bomb; exit 1')
    expect(bomb.reason).toContain('limit of 64 processes')
    expect((await run(workbench, 'echo alive')).output).toBe('alive\n')
  })

  it('runs its setup once, however often it is used', async () => {
    const withSetup = { ...settings, setupCommand: 'echo set up >> /workspace/setups' }
    for (let time = 0; time < 3; time += 1) {
      const workbench = await sandboxes.open(owner('bob'), withSetup)
      expect((await run(workbench, 'cat setups')).output).toBe('set up\n')
    }
  })

  it('is not used when its setup fails', async () => {
    const broken = { ...settings, setupCommand: 'echo no luck; exit 9' }
    await expect(sandboxes.open(owner('broken'), broken)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/setupCommand ended with 9: no luck/),
    })
    expect((await sandboxes.list()).filter(({ agentId }) => agentId === 'broken')).toEqual([])
  })

  it('is made anew when its settings change, and keeps its folder', async () => {
    const before = await sandboxes.open(owner('ann'), settings)
    await run(before, 'echo kept > note')
    const [was] = (await sandboxes.list()).filter(({ agentId }) => agentId === 'ann')
    const after = await sandboxes.open(owner('ann'), { ...settings, pidsLimit: 65 })
    expect((await run(after, 'cat note')).output).toBe('kept\n')
    const states = (await sandboxes.list()).filter(({ agentId }) => agentId === 'ann')
    expect(states).toHaveLength(1)
    expect(states[0]?.name).toBe(was?.name)
    expect(states[0]?.attested.find(({ what }) => what.startsWith('processes'))?.found).toBe('65')
  })

  it('starts again when it was stopped, and is made by one when many ask at once', async () => {
    const [first] = await Promise.all(
      Array.from({ length: 5 }, () => sandboxes.open(owner('many'), settings)),
    )
    expect((await sandboxes.list()).filter(({ agentId }) => agentId === 'many')).toHaveLength(1)
    expect(first).toBeDefined()
    const again = createSandboxes({ instance, folder: join(folder, 'sandboxes') })
    const { name = '' } = (await again.list()).find(({ agentId }) => agentId === 'many') ?? {}
    const { execFileSync } = await import('node:child_process')
    execFileSync('docker', ['kill', name])
    expect((await run(await again.open(owner('many'), settings), 'echo up')).output).toBe('up\n')
  })
})

describe('the scope of a sandbox', () => {
  afterEach(async () => {
    for (const id of ['ann', 'bob', '']) await sandboxes.remove(id)
  })
  const names = async (): Promise<number> =>
    (await sandboxes.list()).filter(({ agentId }) => ['ann', 'bob', ''].includes(agentId)).length

  it('agent: one for each agent, all of its sessions in it, and no way from one to the other', async () => {
    const scoped = { ...settings, scope: 'agent' as const }
    const ann = await sandboxes.open(owner('ann'), scoped)
    const bob = await sandboxes.open(owner('bob'), scoped)
    await sandboxes.open(owner('ann', 'agent:ann:telegram:group:1'), scoped)
    expect(await names()).toBe(2)
    await run(ann, 'echo of ann > secret; echo of ann > /tmp/secret')
    expect((await run(bob, 'cat secret /tmp/secret 2>/dev/null')).output).toBe('')
  })

  it('session: one for each session', async () => {
    const scoped = { ...settings, scope: 'session' as const }
    await sandboxes.open(owner('ann'), scoped)
    await sandboxes.open(owner('ann', 'agent:ann:telegram:group:1'), scoped)
    expect(await names()).toBe(2)
  })

  it('shared: one for all', async () => {
    const scoped = { ...settings, scope: 'shared', workspaceAccess: 'rw' } as const
    await writeFile(join(folder, 'workspace-ann', 'private.md'), 'of ann')
    const ann = await sandboxes.open(owner('ann'), scoped)
    await sandboxes.open(owner('bob'), scoped)
    expect(await names()).toBe(1)
    expect((await run(ann, 'ls /agent /workspace')).output).not.toContain('private.md')
  })
})

describe('the workspace in a sandbox', () => {
  it('none: is not there', async () => {
    await writeFile(join(folder, 'workspace-ann', 'plan.md'), 'plan')
    const workbench = await sandboxes.open(owner('ann'), settings)
    expect((await run(workbench, 'ls /agent/plan.md /workspace/plan.md 2>/dev/null')).output).toBe(
      '',
    )
  })

  it('ro: can be read as /agent and not be written', async () => {
    const workbench = await sandboxes.open(owner('ann'), { ...settings, workspaceAccess: 'ro' })
    expect((await run(workbench, 'cat /agent/plan.md')).output).toBe('plan')
    expect((await run(workbench, 'echo x > /agent/plan.md')).exitCode).not.toBe(0)
    await run(workbench, 'echo own > own.md')
    expect(await readdir(join(folder, 'workspace-ann'))).not.toContain('own.md')
  })

  it('rw: is the folder itself, and its files stay those of its owner', async () => {
    const workbench = await sandboxes.open(owner('ann'), { ...settings, workspaceAccess: 'rw' })
    await workbench.writeFile('new.md', new TextEncoder().encode('new'), { signal })
    expect(await readFile(join(folder, 'workspace-ann', 'new.md'), 'utf8')).toBe('new')
  })
})

describe('sandboxes that nobody needs', () => {
  it('are removed when they were idle for too long or are too old', async () => {
    await sandboxes.remove()
    now = Date.now()
    await sandboxes.open(owner('ann'), settings)
    await sandboxes.open(owner('bob'), settings)
    const hours = (count: number): number => count * 3_600_000
    now += hours(23)
    await sandboxes.open(owner('bob'), settings)
    now += hours(2)
    const limits = { idleMs: hours(24), maxAgeMs: hours(24 * 7) }
    expect(await sandboxes.prune(limits)).toHaveLength(1)
    expect((await sandboxes.list()).map(({ agentId }) => agentId)).toEqual(['bob'])
    expect(await sandboxes.prune({ ...limits, maxAgeMs: hours(1) })).toHaveLength(1)
    expect(await sandboxes.list()).toEqual([])
  })
})

describe('a probe', () => {
  it('tells what a sandbox of these settings would be, and leaves nothing behind', async () => {
    await sandboxes.remove()
    const tried = await sandboxes.probe(settings)
    expect(tried.every(({ holds }) => holds)).toBe(true)
    expect(await sandboxes.list()).toEqual([])
  })
})

it('refuses without an engine, and says what to do', async () => {
  const nowhere = createSandboxes({
    instance,
    folder,
    engine: { socketPath: join(folder, 'no.sock') },
  })
  await expect(nowhere.open(owner('ann'), settings)).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('Start Docker'),
  })
})

it('refuses an image that is not there', async () => {
  await expect(
    sandboxes.open(owner('nobody'), { ...settings, image: 'junctor-test/missing:1' }),
  ).rejects.toMatchObject({
    code: 'UNAVAILABLE',
    message: expect.stringContaining('Get the image with `docker pull junctor-test/missing:1`'),
  })
})
