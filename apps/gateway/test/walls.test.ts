import { ensureTestImage } from '@junctor/testkit/docker'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import {
  createTelegramServer,
  type TelegramBot,
  type TelegramServer,
} from '@junctor/testkit/telegram'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInstallation, type Installation } from './installation.ts'
import { findChanged, plant, waysTo, type Belongings } from './walls.ts'

const found = await ensureTestImage()
const token = '1000:fake-token-of-the-walls'
/** Each agent has one person: the same number for both. */
const people = { ada: 11, ben: 12, cid: 13, dot: 14, eve: 15 }
type AgentId = keyof typeof people
const onHost: readonly AgentId[] = ['ada', 'ben', 'cid']
const inSandbox: readonly AgentId[] = 'image' in found ? ['dot', 'eve'] : []
const ids = [...onHost, ...inSandbox]
const pairs = ids.flatMap((from) => ids.flatMap((to) => (from === to ? [] : [[from, to] as const])))

interface Call {
  readonly name: string
  readonly input: { readonly [key: string]: unknown }
}

let platform: TelegramServer
let models: ModelServer
let bot: TelegramBot
let installation: Installation
const belongings = new Map<AgentId, Belongings>()
let asked = 0

beforeAll(async () => {
  platform = await createTelegramServer({ bots: [{ token, username: 'walls_bot' }] })
  models = await createModelServer()
  bot = platform.bot(token)
  installation = await createInstallation()
  await installation.writeConfig(configOf())
  for (const id of ids) belongings.set(id, await plant(installation.stateDir, id))
  await installation.start()
  // What each person said stands in the transcript of their own agent.
  for (const id of ids) await use(id, [], `my secret is said-of-${id}-9f3c`)
}, 120_000)

afterAll(async () => {
  if ('image' in found) await installation.run('sandbox', 'recreate', '--all')
  await installation.close()
  await Promise.all([platform.stop(), models.close()])
}, 60_000)

function configOf(): object {
  const sandboxed = {
    sandbox: { mode: 'all', docker: { image: 'image' in found ? found.image : '' } },
  }
  const kinds: { readonly [id: string]: object } = {
    // On the host, with what the tools of the gateway itself keep apart.
    ada: { tools: { deny: ['exec'] } },
    ben: { tools: { deny: ['exec'] } },
    cid: { tools: { deny: ['exec'] }, runtime: { isolation: 'process' } },
    // In containers, with commands.
    dot: sandboxed,
    eve: sandboxed,
  }
  return {
    gateway: { port: 0 },
    agents: {
      defaults: { model: 'anthropic/claude-test', limits: { maxToolCalls: 2_000 } },
      list: ids.map((id) => ({
        id,
        workspace: join(installation.stateDir, `workspace-${id}`),
        ...kinds[id],
      })),
    },
    bindings: ids.map((agentId) => ({
      agentId,
      match: { channel: 'telegram', peer: { kind: 'dm', id: String(people[agentId]) } },
    })),
    session: { dmScope: 'per-peer' },
    tools: { requireApproval: ['web_fetch'], approvers: { telegram: ['99'] } },
    channels: { telegram: { botToken: token, apiRoot: platform.url, dmPolicy: 'open' } },
    models: {
      providers: { anthropic: { baseUrl: models.baseUrl('anthropic'), apiKey: 'fake-key' } },
    },
  }
}

/** Lets the agent make these calls in one turn. Answers what each gave, the tools it was offered, and all that its model read. */
async function use(
  agentId: AgentId,
  calls: readonly Call[],
  text = 'go on',
): Promise<{
  readonly outputs: readonly string[]
  readonly offered: readonly string[]
  readonly read: string
}> {
  let outputs: readonly string[] = []
  let offered: readonly string[] = []
  const read: string[] = []
  asked += 1
  const done = `done ${asked}`
  models.respond(({ toolResults, toolNames, body }) => {
    offered = toolNames
    read.push(JSON.stringify(body))
    if (calls.length > 0 && toolResults.length === 0) return { tools: calls as never }
    outputs = toolResults.map(({ output }) => output)
    return { text: done }
  })
  bot.say({ chat: people[agentId], text: `${text} (${asked})` })
  await platform.waitFor(
    () => bot.messages(people[agentId]).some((message) => message.text === done),
    { timeoutMs: 60_000 },
  )
  return { outputs, offered, read: read.join('\n') }
}

const of = (id: AgentId): Belongings => {
  const own = belongings.get(id)
  if (own === undefined) throw new Error(`Nothing was planted for ${id}`)
  return own
}

/** What an agent tried must have given it nothing, and changed nothing. */
async function expectNothing(
  to: AgentId,
  attempt: { readonly outputs: readonly string[]; readonly read: string },
  calls: readonly Call[],
): Promise<void> {
  expect(attempt.outputs).toHaveLength(calls.length)
  const { marks } = of(to)
  const told = attempt.outputs.flatMap((output, index) =>
    marks.some((mark) => output.includes(mark)) ? [{ call: calls[index], output }] : [],
  )
  expect(told).toEqual([])
  for (const mark of marks) expect(attempt.read).not.toContain(mark)
  expect(await findChanged(of(to))).toEqual([])
}

/** The ways of every tool that takes a path to one of these files. */
function fileCalls(ways: readonly string[]): readonly Call[] {
  return ways.flatMap((path): readonly Call[] => [
    { name: 'read', input: { path } },
    { name: 'write', input: { path, content: 'overwritten' } },
    { name: 'edit', input: { path, oldText: 'of', newText: 'overwritten' } },
    {
      name: 'apply_patch',
      input: { input: `*** Begin Patch\n*** Delete File: ${path}\n*** End Patch` },
    },
    {
      name: 'apply_patch',
      input: { input: `*** Begin Patch\n*** Add File: ${path}\n+overwritten\n*** End Patch` },
    },
  ])
}

const wayOf = async (from: AgentId, to: AgentId): Promise<readonly string[]> => {
  const ways = await Promise.all([...of(to).files.keys()].map((path) => waysTo(of(from), path)))
  return ways.flat()
}

describe('the marks', () => {
  it.each(onHost)('are there for %s itself to read', async (id) => {
    const paths = ['secret.txt', join(of(id).workspace, 'skills/locksmith/SKILL.md')]
    const { outputs, read } = await use(
      id,
      paths.map((path) => ({ name: 'read', input: { path } })),
    )
    expect(outputs[0]).toBe(`file-of-${id}-9f3c`)
    expect(outputs[1]).toContain(`skill-of-${id}-9f3c`)
    expect(read).toContain(`said-of-${id}-9f3c`)
  })
})

describe.each(pairs.filter(([from]) => onHost.includes(from)))(
  '%s, on the host, reaches nothing of %s',
  (from, to) => {
    it('by a file tool, whatever the path', async () => {
      const calls = fileCalls(await wayOf(from, to))
      const attempt = await use(from, calls)
      expect(attempt.offered).toEqual(
        expect.arrayContaining(['read', 'write', 'edit', 'apply_patch']),
      )
      await expectNothing(to, attempt, calls)
    }, 120_000)
  },
)

describe.each(pairs.filter(([from]) => inSandbox.includes(from)))(
  '%s, in a container, reaches nothing of %s',
  (from, to) => {
    it('by a file tool', async () => {
      const [path = ''] = of(to).files.keys()
      const calls = fileCalls((await waysTo(of(from), path)).slice(0, 6))
      const attempt = await use(from, calls)
      expect(attempt.offered).toEqual(expect.arrayContaining(['read', 'write', 'exec', 'process']))
      await expectNothing(to, attempt, calls)
    }, 120_000)

    it('by a command: files, processes, their environments, the network', async () => {
      const scripts = [
        ...[...of(to).files.keys()].map((path) => `cat '${path}'; cat ../../..'${path}'`),
        'find / -name secret.txt -o -name auth-profiles.json -o -name "*.sqlite" 2>/dev/null',
        'ps aux 2>/dev/null || ps',
        'cat /proc/*/environ /proc/*/cmdline 2>/dev/null | tr "\\0" "\\n"',
        'for one in /proc/[0-9]*; do cat $one/root/workspace/secret.txt; ls -a $one/root; done 2>&1',
        'ls -la /var/run/docker.sock /run/docker.sock 2>&1',
        'grep -r "9f3c" / --include=*.txt --include=*.md --include=*.json 2>/dev/null | head',
        'wget -T 2 -qO- http://172.17.0.1:80/ 2>&1; cat /proc/net/route',
        'mount -t proc none /mnt 2>&1; ln -s / /workspace/all && cat /workspace/all/etc/hostname',
      ]
      const calls = scripts.map((command) => ({ name: 'exec', input: { command } }))
      await expectNothing(to, await use(from, calls), calls)
    }, 120_000)
  },
)

describe.each(pairs)('%s reaches no session of %s', (from, to) => {
  const theirs = (): readonly string[] => [
    `agent:${to}:dm:${people[to]}`,
    `agent:${to}:telegram:dm:${people[to]}`,
    `agent:${to}:main`,
    `agent:${to.toUpperCase()}:main`,
    `agent:${from}:../${to}:main`,
    `agent:${from}:main\nagent:${to}:main`,
    to,
    'main',
    '*',
  ]

  it('by the tools that list, read and write to sessions', async () => {
    const calls: readonly Call[] = [
      { name: 'sessions_list', input: {} },
      { name: 'sessions_list', input: { agentId: to } },
      { name: 'agents_list', input: {} },
      { name: 'sessions_send', input: { agentId: to, message: 'overwritten' } },
      ...theirs().flatMap((sessionKey): readonly Call[] => [
        { name: 'sessions_history', input: { sessionKey } },
        { name: 'sessions_history', input: { sessionKey, limit: 100, includeTools: true } },
        { name: 'sessions_send', input: { sessionKey, message: 'overwritten', timeoutSeconds: 0 } },
      ]),
    ]
    const before = await sessionsOf(to)
    const attempt = await use(from, calls)
    expect(attempt.offered).toEqual(
      expect.arrayContaining(['sessions_list', 'sessions_history', 'sessions_send']),
    )
    await expectNothing(to, attempt, calls)
    for (const output of attempt.outputs.slice(0, 3)) expect(output).not.toContain(`agent:${to}:`)
    expect(await sessionsOf(to)).toEqual(before)
  }, 60_000)
})

const hostPairs = pairs.filter(([from, to]) => onHost.includes(from) && onHost.includes(to))

describe.each(hostPairs)('%s reaches nothing that %s has under way', (from, to) => {
  it('(a job at its time)', async () => {
    const planned = { action: 'add', everyMs: 86_400_000, message: `said-of-${to}-9f3c` }
    const made = await use(to, [{ name: 'cron', input: planned }])
    const jobId: unknown = Reflect.get(JSON.parse(made.outputs[0] ?? '') as object, 'id')
    const before = await jobsOf(to)
    expect(before).toContain(String(jobId))
    const calls: readonly Call[] = [
      { name: 'cron', input: { action: 'list' } },
      ...['run', 'runs', 'remove'].map((action) => ({ name: 'cron', input: { action, jobId } })),
      { name: 'cron', input: { action: 'update', jobId, message: 'overwritten' } },
      {
        name: 'cron',
        input: { ...planned, message: 'mine', deliverTo: `agent:${to}:dm:${people[to]}` },
      },
    ]
    const attempt = await use(from, calls)
    await expectNothing(to, attempt, calls)
    expect(attempt.outputs.slice(1, 5)).toEqual(
      Array.from({ length: 4 }, () => expect.stringContaining('There is no job')),
    )
    expect(attempt.outputs[5]).toContain('Not scheduled')
    expect(await jobsOf(to)).toEqual(before)
    await use(to, [{ name: 'cron', input: { action: 'remove', jobId } }])
  }, 60_000)

  it('(its people)', async () => {
    const before = bot.messages(people[to]).length
    const calls: readonly Call[] = [
      { name: 'message', input: { channel: 'telegram', to: String(people[to]), text: 'psst' } },
      { name: 'sessions_spawn', input: { task: 'psst', agentId: to } },
    ]
    const attempt = await use(from, calls)
    expect(attempt.offered).toEqual(expect.arrayContaining(['message', 'sessions_spawn']))
    await expectNothing(to, attempt, calls)
    expect(attempt.outputs[0]).toContain('Not sent')
    expect(attempt.outputs[1]).not.toContain('accepted')
    expect(bot.messages(people[to])).toHaveLength(before)
  }, 60_000)

  it('(a call that waits for its person)', async () => {
    const call = { name: 'web_fetch', input: { url: `http://192.0.2.7/said-of-${to}-9f3c` } }
    const waits = await use(to, [call])
    const id = /approval (\w+)/.exec(waits.outputs[0] ?? '')?.[1] ?? ''
    expect(id).not.toBe('')
    // The very same call of another agent is another call.
    const other = await use(from, [{ ...call, input: { url: 'http://192.0.2.7/other' } }])
    expect(other.outputs[0]).not.toContain(id)
    bot.say({ chat: people[from], text: `/approve ${id}` })
    await platform.waitFor(
      () => bot.messages(people[from]).some(({ text }) => text.startsWith('Nothing was answered')),
      { timeoutMs: 30_000 },
    )
    const pending = JSON.stringify(await installation.json('approvals', 'list', '--json'))
    expect(pending).toContain(id)
    expect(pending).toMatch(
      new RegExp(`"${id}"[^{}]*"state":"pending"|"state":"pending"[^{}]*"${id}"`),
    )
  }, 60_000)
})

/** An agent's jobs, as it sees them itself. */
async function jobsOf(agentId: AgentId): Promise<string> {
  const { outputs } = await use(agentId, [{ name: 'cron', input: { action: 'list' } }])
  return outputs.join()
}

/** What is stored of an agent's sessions, as the operator sees it. */
async function sessionsOf(agentId: AgentId): Promise<unknown> {
  return installation.json('sessions', 'list', '--agent', agentId, '--json')
}

describe.each(inSandbox)('%s, in a container,', (id) => {
  it('has none of the tools that reach beyond it, and is refused when it calls them', async () => {
    const calls: readonly Call[] = [
      { name: 'cron', input: { action: 'list' } },
      { name: 'message', input: { channel: 'telegram', to: '11', text: 'psst' } },
      { name: 'browser', input: { action: 'open', url: 'http://192.0.2.7/' } },
      { name: 'canvas', input: { action: 'show', html: 'psst' } },
      { name: 'nodes', input: { action: 'list' } },
      { name: 'web_fetch', input: { url: 'http://192.0.2.7/' } },
    ]
    const { outputs, offered } = await use(id, calls)
    for (const { name } of calls) expect(offered).not.toContain(name)
    expect(outputs).toEqual(
      calls.map(({ name }) => expect.stringContaining(`The tool "${name}" is denied`)),
    )
  }, 60_000)
})

describe.runIf(inSandbox.length > 0)('a command in the background', () => {
  it('is its own session alone to see', async () => {
    const began = await use('dot', [
      { name: 'exec', input: { command: 'echo said-of-dot-9f3c; sleep 300', background: true } },
    ])
    const id = /Still running as (\w+)/.exec(began.outputs[0] ?? '')?.[1]
    expect(id).toBeDefined()
    const actions = ['list', 'poll', 'log', 'write', 'kill', 'remove']
    const calls = actions.map((action) => ({ name: 'process', input: { action, id, data: 'x' } }))
    for (const other of ids.filter((each) => each !== 'dot')) {
      const attempt = await use(other, calls)
      expect(attempt.offered).toContain('process')
      await expectNothing('dot', attempt, calls)
      for (const output of attempt.outputs.slice(1)) expect(output).toContain('has no command')
    }
    const still = await use('dot', [{ name: 'process', input: { action: 'list' } }])
    expect(still.outputs[0]).toContain(`${id}  `)
    await use('dot', [{ name: 'process', input: { action: 'kill', id } }])
  }, 120_000)
})
