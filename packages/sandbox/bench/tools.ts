// What a sandbox costs: a cold container to its first command, and a command in a warm one.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSandboxes, defaultSandboxSettings } from '@junctor/sandbox'
import { ensureTestImage } from '@junctor/testkit/docker'

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
  const time = async (action: () => Promise<void>): Promise<number> => {
    const startedAt = performance.now()
    await action()
    return performance.now() - startedAt
  }
  const cold: number[] = []
  const warm: number[] = []
  for (let round = 0; round < 5; round += 1) cold.push(await time(() => run(`agent${round}`)))
  for (let round = 0; round < 40; round += 1) warm.push(await time(() => run('agent0')))
  const median = (times: number[]): string =>
    `${times.sort((a, b) => a - b)[times.length >> 1]?.toFixed(0)} ms`
  console.log(
    `cold container to the end of its first command   ${median(cold)} (median of ${cold.length})`,
  )
  console.log(
    `command in a warm container                      ${median(warm)} (median of ${warm.length})`,
  )
  await sandboxes.remove()
  await rm(folder, { recursive: true })
}
