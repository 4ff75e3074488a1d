// What tools and what surrounds them cost: a prompt with large files, a cold container to its first command, a command in a warm one.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPromptBuilder } from '@junctor/runtime'
import { createSandboxes, defaultSandboxSettings } from '@junctor/sandbox'
import { compileToolPolicy, defaultSandboxTools, knownTools } from '@junctor/tool-policy'
import { ensureTestImage } from '@junctor/testkit/docker'

const time = async (action: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now()
  await action()
  return performance.now() - startedAt
}
const median = (times: number[]): number => times.sort((a, b) => a - b)[times.length >> 1] ?? NaN

await measurePrompts()
measurePolicy()

const found = await ensureTestImage()
if ('missing' in found) {
  console.log(`Not measured: ${found.missing}.`)
} else {
  const folder = await mkdtemp(join(tmpdir(), 'junctor-bench-'))
  const sandboxes = createSandboxes({ instance: 'bench', folder })
  const settings = { ...defaultSandboxSettings, image: found.image }
  const open = (agentId: string) =>
    sandboxes.open({ agentId, sessionKey: `agent:${agentId}:main`, workspace: folder }, settings)
  const run = async (agentId: string): Promise<void> => {
    const command = await (await open(agentId)).run('true', { signal: AbortSignal.timeout(60_000) })
    command.endInput()
    for await (const part of command.output) void part
    await command.exit
  }
  const cold: number[] = []
  const warm: number[] = []
  for (let round = 0; round < 5; round += 1) cold.push(await time(() => run(`agent${round}`)))
  for (let round = 0; round < 40; round += 1) warm.push(await time(() => run('agent0')))
  console.log(
    `cold container to the end of its first command   ${median(cold).toFixed(0)} ms (median of ${cold.length})`,
  )
  console.log(
    `command in a warm container                      ${median(warm).toFixed(0)} ms (median of ${warm.length})`,
  )
  await sandboxes.remove()
  await rm(folder, { recursive: true })
}

/** A workspace of a megabyte, read once and then looked at for every prompt. */
async function measurePrompts(): Promise<void> {
  const workspace = await mkdtemp(join(tmpdir(), 'junctor-bench-'))
  const names = ['AGENTS', 'SOUL', 'IDENTITY', 'USER', 'TOOLS', 'BOOTSTRAP', 'MEMORY']
  for (const name of names)
    await writeFile(
      join(workspace, `${name}.md`),
      'Be kind, be brief.\n'.repeat(1_000_000 / 19 / 7),
    )
  const agent = {
    id: 'bench',
    name: 'Bench',
    identity: {},
    workspace,
    agentDir: workspace,
    model: 'bench/none',
  }
  const limits = { maxFileLength: 200_000, maxTotalLength: 1_000_000 }
  // Long enough after the files were written for their times to be trusted.
  const now = (): number => Date.now() + 60_000
  for (const [what, lookEveryMs] of [
    ['looking at the files', 0],
    ['within a look', 60_000],
  ] as const) {
    const builder = createPromptBuilder({ now, lookEveryMs })
    const build = () => builder.build(agent, { channel: 'web', session: 'main', limits })
    const first = await time(build)
    const next: number[] = []
    for (let round = 0; round < 400; round += 1) next.push(await time(build))
    console.log(
      `prompt with 1 MB of workspace files, cached, ${what.padEnd(20)}  ${median(next).toFixed(2)} ms (median of ${next.length}; the first took ${first.toFixed(1)} ms)`,
    )
  }
  await rm(workspace, { recursive: true })
}

/** A policy of eight layers, as a sandboxed agent with rules everywhere has one. */
function measurePolicy(): void {
  const layers = [
    { name: 'tools', profile: 'coding', alsoAllow: ['web_fetch'] },
    { name: 'tools', deny: ['gateway', 'nodes'], byProvider: { openai: { deny: ['exec'] } } },
    { name: 'agents.a.tools', allow: ['group:fs', 'group:runtime', 'sessions_*', 'web_*'] },
    { name: 'room', deny: ['process'] },
    { name: 'sandbox', ...defaultSandboxTools },
    { name: 'subagents', deny: ['group:sessions', 'agents_list', 'cron'] },
    { name: 'mode', allow: ['group:fs', 'group:runtime'] },
    { name: 'operations', allow: ['*'] },
  ] as const
  const microseconds = (rounds: number, run: () => void): string => {
    for (let round = 0; round < rounds / 5; round += 1) run()
    const startedAt = performance.now()
    for (let round = 0; round < rounds; round += 1) run()
    return `${(((performance.now() - startedAt) * 1_000) / rounds).toFixed(2)} µs`
  }
  const compile = () => compileToolPolicy(layers, { model: 'anthropic/claude' })
  const policy = compile()
  let at = 0
  const check = (): void => {
    at = (at + 1) % knownTools.length
    policy.check(knownTools[at] ?? '')
  }
  const compiled = microseconds(5_000, () => void compile())
  console.log(`a tool policy of ${layers.length} layers compiled               ${compiled}`)
  console.log(`one tool checked against it                      ${microseconds(500_000, check)}`)
}
