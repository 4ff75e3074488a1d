import { fork, type ChildProcess } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { ModelServerReport } from '@junctor/testkit/models'
import { makeInstallation, startGateway, whenRunning } from './processes/gateway-process.ts'
import type { Load, LoadOrder, LoadReport } from './processes/load-messages.ts'
import { end, median, nextMessage, processorMs, residentMb } from './processes/process.ts'

// One message's whole way, beside a bot without a gateway: Telegram server → bot process → model server at zero latency →
// sendMessage. Each of the four is a process of its own; both bots stay up, take turns and stream their answers.
// The gateway runs as `junctor start` does, with its store's default durability: every accept and commit is written.
// Usage: pnpm bench gateway [rounds] [ms each]

const [rounds = 5, durationMs = 2_000] = process.argv.slice(2).map(Number)
const chatCounts = [1, 20, 200]
const gatewayToken = '1000:fake-token-of-the-gateway'
const bareToken = '1001:fake-token-of-the-bare-bot'

const loadFile = fileURLToPath(new URL('./processes/telegram-load.ts', import.meta.url))
const bareBotFile = fileURLToPath(new URL('./processes/bare-bot.ts', import.meta.url))
const modelServerFile = fileURLToPath(
  new URL('models/main.ts', import.meta.resolve('@junctor/testkit/models')),
)

interface Contestant {
  readonly name: string
  readonly token: string
  readonly process: ChildProcess
  readonly idleMb: number
}

const children: ChildProcess[] = []
const keep = (child: ChildProcess): ChildProcess => {
  children.push(child)
  return child
}

const models = keep(fork(modelServerFile))
const modelsReady = await nextMessage<ModelServerReport>(models)
if (modelsReady.type !== 'ready') throw new Error('The model server did not start')
const telegram = keep(fork(loadFile, [JSON.stringify({ tokens: [gatewayToken, bareToken] })]))
const telegramReady = await nextMessage<LoadReport>(telegram)
if (telegramReady.type !== 'ready') throw new Error('The Telegram server did not start')
const urls = { telegramUrl: telegramReady.url, modelUrl: modelsReady.url }

const installation = makeInstallation({ ...urls, token: gatewayToken })
try {
  const gateway = keep(startGateway(installation))
  await whenRunning(gateway)
  const bare = keep(fork(bareBotFile, [JSON.stringify({ ...urls, token: bareToken })]))
  await nextMessage(bare)
  const contestants: readonly Contestant[] = [
    { name: 'gateway', token: gatewayToken, process: gateway, idleMb: residentMb(gateway) },
    { name: 'bare bot', token: bareToken, process: bare, idleMb: residentMb(bare) },
  ]
  await compare(contestants)
} finally {
  for (const child of children.toReversed()) await end(child)
  installation.remove()
}

async function compare(contestants: readonly Contestant[]): Promise<void> {
  console.log(
    `Node ${process.versions.node}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}; medians of ${rounds} rounds of ${durationMs} ms each, in turns`,
  )
  for (const { token } of contestants)
    await load({ token, chats: 20, firstChat: 1, durationMs: 2_000 })
  console.log(
    `\n${'chats'.padStart(5)}  ${'bot'.padEnd(9)}${'p50 ms'.padStart(8)}${'p95 ms'.padStart(8)}${'answers/s'.padStart(11)}${'CPU ms each'.padStart(13)}`,
  )
  for (const chats of chatCounts) await compareAt(chats, contestants)
  console.log('\nRSS in MB     idle  after')
  for (const { name, process: child, idleMb } of contestants)
    console.log(`${name.padEnd(12)}${toCell(idleMb, 6)}${toCell(residentMb(child), 7)}`)
}

async function compareAt(chats: number, contestants: readonly Contestant[]): Promise<void> {
  const results = new Map<string, (Load & { readonly processorMsEach: number })[]>()
  for (let round = 0; round < rounds; round += 1)
    for (const { name, token, process: child } of contestants) {
      const before = processorMs(child)
      const result = await load({ token, chats, firstChat: chats * 1_000 + 10_000, durationMs })
      const processorMsEach = (processorMs(child) - before) / result.answered
      results.set(name, [...(results.get(name) ?? []), { ...result, processorMsEach }])
    }
  const [ours, theirs] = contestants.map(({ name }) => {
    const list = results.get(name) ?? []
    const row = {
      p50: median(list.map(({ p50Ms }) => p50Ms)),
      p95: median(list.map(({ p95Ms }) => p95Ms)),
      rate: median(list.map(({ perSecond }) => perSecond)),
      processor: median(list.map(({ processorMsEach }) => processorMsEach)),
    }
    console.log(
      `${String(chats).padStart(5)}  ${name.padEnd(9)}${toCell(row.p50, 8)}${toCell(row.p95, 8)}${row.rate.toFixed(0).padStart(11)}${row.processor.toFixed(2).padStart(13)}`,
    )
    return row
  })
  if (ours === undefined || theirs === undefined) return
  console.log(
    `${''.padStart(5)}  ${'ratio'.padEnd(9)}${toRatio(ours.p50 / theirs.p50, 8)}${toRatio(ours.p95 / theirs.p95, 8)}${toRatio(ours.rate / theirs.rate, 11)}${toRatio(ours.processor / theirs.processor, 13)}   overhead p50 ${(ours.p50 - theirs.p50).toFixed(1)} ms`,
  )
}

async function load(order: LoadOrder): Promise<Load> {
  telegram.send(order)
  const report = await nextMessage<LoadReport>(telegram)
  if (report.type === 'done') return report
  throw new Error(report.type === 'failed' ? report.error : 'The Telegram server started twice')
}

function toCell(value: number, width: number): string {
  return value.toFixed(1).padStart(width)
}

function toRatio(value: number, width: number): string {
  return `${value.toFixed(2)}×`.padStart(width)
}
