import { fork, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { GatewayArgument, Note } from './channels/gateway-main.ts'
import type { BenchPlatform } from './channels/platform.ts'
import { platforms } from './channels/platforms.ts'
import { end, median } from './processes/process.ts'

// What each channel costs: to import it, to keep an account connected, from an event on the wire until it was handed over and
// stored, and from the commit of an answer until its bytes are on the wire. Each in a gateway process of its own, against
// the platform's fake over real sockets; private conversations, one message at a time.
// Usage: pnpm bench channels [messages] [accounts]

const [messages = 200, accounts = 11] = process.argv.slice(2).map(Number)
const script = fileURLToPath(new URL('channels/gateway-main.ts', import.meta.url))
const patience = { timeoutMs: 60_000 }

console.log(
  `Node ${process.versions.node}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}; medians of ${messages} messages`,
)
console.log(
  `\n${['', 'import', 'import', 'account', 'wire →', '→', 'commit →'].map(cell).join('')}\n` +
    ['channel', 'ms', 'MB', 'MB', 'receive ms', 'stored ms', 'wire ms'].map(cell).join(''),
)
for (const [name, createPlatform] of Object.entries(platforms)) {
  const times = await run(await createPlatform(1), measureTimes)
  const one = await run(await createPlatform(1), measureMemory)
  const many = await run(await createPlatform(accounts), measureMemory)
  const perAccount = (many - one) / (accounts - 1)
  const { importMs, importMb } = times.loaded
  const figures = [importMs, importMb, perAccount, times.received, times.stored, times.sent]
  console.log([name, ...figures.map((figure) => figure.toFixed(1))].map(cell).join(''))
}

/** A gateway process, and what it says. */
interface Gateway {
  readonly platform: BenchPlatform
  readonly child: ChildProcess
  readonly notes: readonly Note[]
  /** Resolves with the next note of this type after the first `from` notes. */
  next<Type extends Note['type']>(type: Type, from?: number): Promise<Extract<Note, { type: Type }>>
}

async function run<Result>(
  platform: BenchPlatform,
  measure: (gateway: Gateway) => Promise<Result>,
): Promise<Result> {
  const stateDir = await mkdtemp(join(tmpdir(), 'junctor-bench-'))
  const { name, server } = platform
  const argument: GatewayArgument = {
    name,
    accounts: platform.accounts,
    stateDir,
    ...(server === undefined ? {} : { server }),
  }
  const child = fork(script, [JSON.stringify(argument)], { execArgv: ['--expose-gc'] })
  const notes: Note[] = []
  const looks = new Set<() => void>()
  child.on('message', (said) => {
    notes.push(said as Note)
    for (const look of looks) look()
  })
  child.on('exit', (code) => {
    if (code !== null && code !== 0) throw new Error(`The gateway for ${name} ended with ${code}`)
  })
  const gateway: Gateway = {
    platform,
    child,
    notes,
    next: (type, from = 0) =>
      new Promise((resolve) => {
        const isWanted = (said: Note): said is Extract<Note, { type: typeof type }> =>
          said.type === type
        const look = (): void => {
          const found = notes.slice(from).find(isWanted)
          if (found === undefined) return
          looks.delete(look)
          resolve(found)
        }
        looks.add(look)
        look()
      }),
  }
  try {
    await gateway.next('up')
    const isOnline = (_: unknown, account: number): boolean => platform.isOnline(account)
    await platform.waitFor(() => Object.keys(platform.accounts).every(isOnline), patience)
    return await measure(gateway)
  } finally {
    await end(child)
    await platform.stop()
    await rm(stateDir, { recursive: true, force: true })
  }
}

interface Times {
  readonly loaded: Extract<Note, { readonly type: 'loaded' }>
  readonly received: number
  readonly stored: number
  readonly sent: number
}

async function measureTimes({ platform, notes, next }: Gateway): Promise<Times> {
  const rounds: { readonly received: number; readonly stored: number; readonly sent: number }[] = []
  for (let round = -20; round < messages; round += 1) {
    const [from, sent] = [notes.length, platform.sent()]
    const saidAt = now()
    platform.say(0, `message ${round}`)
    await platform.waitFor(() => platform.sent() > sent, patience)
    const sentAt = now()
    const received = await next('received', from)
    const stored = await next('stored', from)
    const committed = await next('committed', from)
    // The first ones warm up.
    if (round >= 0)
      rounds.push({
        received: received.at - saidAt,
        stored: stored.at - received.at,
        sent: sentAt - committed.at,
      })
    // The answer to the call is on its way back; the next message is not to wait for it.
    await sleep(10)
  }
  const of = (name: 'received' | 'stored' | 'sent'): number =>
    median(rounds.map((round) => round[name]))
  const times = { received: of('received'), stored: of('stored'), sent: of('sent') }
  return { loaded: await next('loaded'), ...times }
}

async function measureMemory({ platform, child, notes, next }: Gateway): Promise<number> {
  // Each account has been used once.
  for (const account of Object.keys(platform.accounts).keys()) {
    const sent = platform.sent()
    platform.say(account, 'hello')
    await platform.waitFor(() => platform.sent() > sent, patience)
  }
  await sleep(1_000)
  const from = notes.length
  child.send('memory')
  return (await next('memory', from)).mb
}

function now(): number {
  return performance.timeOrigin + performance.now()
}

function cell(text: string, index: number): string {
  return index === 0 ? text.padEnd(10) : text.padStart(12)
}
