import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createModelServer } from '@junctor/testkit/models'
import { createTelegramServer } from '@junctor/testkit/telegram'
import {
  fromSources,
  makeInstallation,
  startGateway,
  whenRunning,
} from './processes/gateway-process.ts'
import { installBuild } from './processes/installed-build.ts'
import { end, median, processorMs, residentMb } from './processes/process.ts'

// How long a person waits: from the start of the process until a message that waited on Telegram is stored and
// acknowledged, and until it is answered. Then what the idle gateway costs, with Telegram and the web page on.
// Usage: pnpm bench start [rounds] [idle seconds]

const [rounds = 7, idleSeconds = 30] = process.argv.slice(2).map(Number)
const token = '1000:fake-token-of-the-gateway'

interface Way {
  readonly name: string
  readonly bin: string
  readonly isCached: boolean
}

const telegram = await createTelegramServer({ bots: [{ token, username: 'bench_bot' }] })
const models = await createModelServer()
const folder = mkdtempSync(join(tmpdir(), 'junctor-bench-'))
const sharedCache = { compileCache: join(folder, 'cache') }
try {
  const build = installBuild(join(folder, 'installed'))
  const ways: readonly Way[] = [
    { name: 'sources, first start', bin: fromSources, isCached: false },
    { name: 'sources, compile cache', bin: fromSources, isCached: true },
    ...(build === undefined
      ? []
      : [
          { name: 'build, first start', bin: build, isCached: false },
          { name: 'build, compile cache', bin: build, isCached: true },
        ]),
  ]
  console.log(
    `Node ${process.versions.node}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}; medians of ${rounds} starts${build === undefined ? '; no build: run pnpm build' : ''}`,
  )
  console.log(
    `\n${'ms until'.padEnd(24)}${'--version'.padStart(10)}${'running'.padStart(9)}${'accepted'.padStart(10)}${'answered'.padStart(10)}`,
  )
  for (const way of ways) await measureStart(way)
  console.log(
    `\n${`idle for ${idleSeconds} s`.padEnd(24)}${'RSS MB'.padStart(10)}${'CPU %'.padStart(9)}`,
  )
  for (const way of ways) await measureIdle(way)
} finally {
  await Promise.all([telegram.stop(), models.close()])
  rmSync(folder, { recursive: true, force: true })
}

async function measureStart({ name, bin, isCached }: Way): Promise<void> {
  const times: { version: number; running: number; accepted: number; answered: number }[] = []
  // The first start fills the cache.
  for (let round = isCached ? -1 : 0; round < rounds; round += 1) {
    const versionAt = performance.now()
    execFileSync(process.execPath, [bin, '--version'])
    const version = performance.now() - versionAt
    const started = await startOnce(bin, isCached ? sharedCache : {})
    if (round >= 0) times.push({ version, ...started })
  }
  const cell = (pick: (time: (typeof times)[number]) => number, width: number): string =>
    median(times.map(pick)).toFixed(0).padStart(width)
  console.log(
    `${name.padEnd(24)}${cell(({ version }) => version, 10)}${cell(({ running }) => running, 9)}${cell(({ accepted }) => accepted, 10)}${cell(({ answered }) => answered, 10)}`,
  )
}

async function startOnce(
  bin: string,
  cache: { readonly compileCache?: string },
): Promise<{ running: number; accepted: number; answered: number }> {
  const installation = install()
  const bot = telegram.bot(token)
  const confirmed = bot.confirmed().length
  const answers = bot.countCalls('sendMessage')
  bot.say({ chat: 77, text: 'Are you there?' })
  const spawnedAt = performance.now()
  const since = (): number => performance.now() - spawnedAt
  const gateway = startGateway(installation, { bin, ...cache })
  try {
    const [running, accepted, answered] = await Promise.all([
      whenRunning(gateway).then(since),
      telegram.waitFor(() => bot.confirmed().length > confirmed).then(since),
      telegram.waitFor(() => bot.countCalls('sendMessage') > answers).then(since),
    ])
    return { running, accepted, answered }
  } finally {
    await end(gateway)
    installation.remove()
  }
}

async function measureIdle({ name, bin, isCached }: Way): Promise<void> {
  const installation = install()
  const gateway = startGateway(installation, { bin, ...(isCached ? sharedCache : {}) })
  try {
    await whenRunning(gateway)
    await sleep(1_000)
    const before = processorMs(gateway)
    await sleep(idleSeconds * 1_000)
    const share = (processorMs(gateway) - before) / (idleSeconds * 10)
    console.log(
      `${name.padEnd(24)}${residentMb(gateway).toFixed(1).padStart(10)}${share.toFixed(2).padStart(9)}`,
    )
  } finally {
    await end(gateway)
    installation.remove()
  }
}

function install(): ReturnType<typeof makeInstallation> {
  return makeInstallation({
    token,
    telegramUrl: telegram.url,
    modelUrl: models.baseUrl('anthropic'),
  })
}
