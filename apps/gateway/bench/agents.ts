import { cpus, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTelegramServer } from '@junctor/testkit/telegram'
import { makeInstallation, startGateway, whenRunning } from './processes/gateway-process.ts'
import { end, median, residentMb } from './processes/process.ts'

// What agents cost that nobody writes to: start and memory of one gateway with a single agent and with many.
// Usage: pnpm bench agents [count] [rounds]

const [count = 1_000, rounds = 5] = process.argv.slice(2).map(Number)
const token = '1000:fake-token-of-the-gateway'
const telegram = await createTelegramServer({ bots: [{ token, username: 'bench_bot' }] })

console.log(
  `Node ${process.versions.node}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}; medians of ${rounds} starts`,
)
console.log(
  `\n${'agents'.padEnd(10)}${'first start ms'.padStart(16)}${'start ms'.padStart(10)}${'RSS MB'.padStart(9)}`,
)
try {
  const one = await measure(1)
  const many = await measure(count)
  const each = ((many.residentMb - one.residentMb) * 1_024) / (count - 1)
  console.log(
    `\neach further agent: ${each.toFixed(1)} KB, ${((many.startMs - one.startMs) / (count - 1)).toFixed(2)} ms`,
  )
} finally {
  await telegram.stop()
}

async function measure(
  agents: number,
): Promise<{ readonly startMs: number; readonly residentMb: number }> {
  const installation = makeInstallation({
    token,
    telegramUrl: telegram.url,
    modelUrl: 'http://127.0.0.1:9',
    agents: Array.from({ length: agents }, (_, index) => `agent${index}`),
  })
  const start = async () => {
    const startedAt = performance.now()
    const gateway = startGateway(installation)
    try {
      await whenRunning(gateway)
      const startMs = performance.now() - startedAt
      // What the start used and does not need any more.
      await sleep(3_000)
      return { startMs, residentMb: residentMb(gateway) }
    } finally {
      await end(gateway)
    }
  }
  try {
    const first = await start()
    const later: Awaited<ReturnType<typeof start>>[] = []
    for (let round = 0; round < rounds; round += 1) later.push(await start())
    const startMs = median(later.map((each) => each.startMs))
    const rss = median(later.map((each) => each.residentMb))
    console.log(
      `${String(agents).padEnd(10)}${first.startMs.toFixed(0).padStart(16)}${startMs.toFixed(0).padStart(10)}${rss.toFixed(1).padStart(9)}`,
    )
    return { startMs, residentMb: rss }
  } finally {
    installation.remove()
  }
}
