import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { telegram } from '@junctor/channel-telegram'
import { parseConfig } from '@junctor/config'
import { createGateway, type CronJob } from '@junctor/gateway'
import { createModels } from '@junctor/models'
import { openSqliteStore } from '@junctor/store-sqlite'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import {
  createTelegramServer,
  type TelegramBot,
  type TelegramServer,
} from '@junctor/testkit/telegram'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CrashOptions, CrashPoint } from './crashing-gateway.ts'

const token = '1000:fake-token'
const script = fileURLToPath(new URL('crashing-gateway.ts', import.meta.url))
const address = {
  channel: 'telegram',
  accountId: 'default',
  peer: { kind: 'dm', id: '7' },
} as const

let stateDir: string
let platform: TelegramServer
let models: ModelServer
let bot: TelegramBot
let children: ChildProcess[]

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'junctor-cron-'))
  platform = await createTelegramServer({ bots: [{ token, username: 'crash_bot' }] })
  models = await createModelServer()
  models.respond(({ lastUserText }) => ({ text: `answer to ${lastUserText.split('\n').at(-1)}` }))
  bot = platform.bot(token)
  children = []
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  await Promise.all([platform.stop(), models.close()])
  await rm(stateDir, { recursive: true, force: true })
})

const written = (): object => ({
  agents: { list: [{ id: 'main', model: 'anthropic/claude-test' }] },
  session: { dmScope: 'per-peer' },
  channels: { telegram: { dmPolicy: 'open', botToken: token, apiRoot: platform.url } },
  models: {
    providers: { anthropic: { baseUrl: models.baseUrl('anthropic'), apiKey: 'fake-key' } },
  },
})

function spawn(options: Partial<CrashOptions> = {}): ChildProcess {
  const child = fork(script, [JSON.stringify({ stateDir, config: written(), ...options })], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  children.push(child)
  return child
}

/** Works on the state while no process has it. */
async function withGateway<Result>(
  use: (gateway: ReturnType<typeof createGateway>) => Promise<Result>,
): Promise<Result> {
  const parsed = parseConfig(JSON.stringify(written()), { home: stateDir, stateDir })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const { config } = parsed
  const store = openSqliteStore({ stateDir })
  const gateway = createGateway({
    config,
    store,
    channels: { telegram: telegram() },
    models: createModels({ providers: config.models.providers }),
  })
  try {
    return await use(gateway)
  } finally {
    await gateway.stop()
    await store.close()
  }
}

const answers = (): readonly string[] =>
  bot
    .messages(7)
    .filter(({ message }) => message.from?.is_bot === true)
    .map(({ text }) => text)

/** A job that is due in a moment, and a chat that knows the bot. */
function makeJob(): Promise<CronJob> {
  return withGateway(async (gateway) => {
    await gateway.start()
    bot.say({ chat: 7, text: 'hello' })
    await platform.waitFor(() => answers().length === 1, { timeoutMs: 25_000 })
    return gateway.cron.add('main', {
      schedule: { at: Date.now() + 1_500 },
      message: 'once',
      answerTo: { address, recipientId: '7' },
    })
  })
}

describe('a cron job over a process that is killed', () => {
  it.each([
    ['before the run is written down', 'cron:before', 1],
    ['after the run is written down', 'cron:after', 1],
    ['before its errand is written down', 'cron-runs:before', 1],
    ['after its errand is written down', 'cron-runs:after', 1],
    ['before its message is in the mailbox', 'accept:before', 1],
    ['after its message is in the mailbox', 'accept:after', 1],
    ['after the job knows its message', 'cron:after', 2],
    ['before its turn commits', 'commit:before', 1],
    ['after its turn has committed', 'commit:after', 1],
    ['before it is known how it went', 'cron:before', 3],
    ['when it is known how it went', 'cron:after', 3],
    ['while the next job is looked for', 'cron-agents:before', 3],
  ] as const)(
    '%s runs once and is not forgotten',
    async (_name, crashAt: CrashPoint, call) => {
      const made = await makeJob()
      const child = spawn({ crashAt, call })
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      expect(child.signalCode).toBe('SIGKILL')
      spawn()
      await platform.waitFor(() => answers().includes('answer to once'), { timeoutMs: 25_000 })
      bot.say({ chat: 7, text: 'last' })
      await platform.waitFor(() => answers().includes('answer to last'), { timeoutMs: 25_000 })
      expect(answers()).toEqual(['answer to hello', 'answer to once', 'answer to last'])
      // How it went is written down a moment after it was answered.
      const store = openSqliteStore({ stateDir, mode: 'read-only' })
      const jobs = store.agent('main').table('cron')
      await expect
        .poll(async () => (await jobs.get(made.id))?.value, { timeout: 25_000 })
        .toMatchObject({ runs: [{ status: 'answered' }] })
      await store.close()
      expect(answers()).toHaveLength(3)
    },
    60_000,
  )

  it('is begun by one of two processes that look at the same time', async () => {
    const parsed = parseConfig(JSON.stringify(written()), { home: stateDir, stateDir })
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    const config = { ...parsed.config, channels: {} }
    // Two gateways on one store, as two processes are on one database server.
    const store = openSqliteStore({ stateDir })
    const make = () =>
      createGateway({
        config,
        store,
        channels: {},
        models: createModels({ providers: config.models.providers }),
        sweepIntervalMs: 20,
      })
    const [first, second] = [make(), make()]
    await Promise.all([first.start(), second.start()])
    const jobs = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        first.cron.add('main', {
          schedule: { at: Date.now() + 1_000 },
          message: `number ${index}`,
        }),
      ),
    )
    const states = async () =>
      (await first.cron.list('main')).map(({ runs }) => runs.map(({ status }) => status))
    await expect.poll(states, { timeout: 25_000 }).toEqual(jobs.map(() => ['answered']))
    const told = models.requests.map(({ lastUserText }) => lastUserText.split('\n').at(-1))
    expect(told.toSorted((a = '', b = '') => a.localeCompare(b))).toEqual(
      [0, 1, 2, 3, 4].map((index) => `number ${index}`),
    )
    await Promise.all([first.stop(), second.stop()])
    await store.close()
  }, 60_000)
})
