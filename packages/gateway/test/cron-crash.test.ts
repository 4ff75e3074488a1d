import { telegram } from '@junctor/channel-telegram'
import { parseConfig } from '@junctor/config'
import { createGateway, type CronJob } from '@junctor/gateway'
import { createModels } from '@junctor/models'
import { openSqliteStore } from '@junctor/store-sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCrashHouse, type CrashHouse } from './crash-house.ts'
import type { CrashPoint } from './crashing-gateway.ts'

const address = {
  channel: 'telegram',
  accountId: 'default',
  peer: { kind: 'dm', id: '7' },
} as const

let house: CrashHouse

beforeEach(async () => {
  house = await openCrashHouse()
  house.models.respond(({ lastUserText }) => ({
    text: `answer to ${lastUserText.split('\n').at(-1)}`,
  }))
})
afterEach(() => house.close())

/** Works on the state while no process has it. */
async function withGateway<Result>(
  use: (gateway: ReturnType<typeof createGateway>) => Promise<Result>,
): Promise<Result> {
  const parsed = parseConfig(JSON.stringify(house.configWith()), {
    home: house.stateDir,
    stateDir: house.stateDir,
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const { config } = parsed
  const store = openSqliteStore({ stateDir: house.stateDir })
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

/** A job that is due in a moment, and a chat that knows the bot. */
function makeJob(): Promise<CronJob> {
  return withGateway(async (gateway) => {
    await gateway.start()
    house.bot.say({ chat: 7, text: 'hello' })
    await house.platform.waitFor(() => house.answers().length === 1, { timeoutMs: 25_000 })
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
      await house.ended(house.spawn({ crashAt, call }))
      house.spawn()
      await house.untilAnswered('answer to once')
      await house.settled()
      expect(house.answers()).toEqual(['answer to hello', 'answer to once', 'answer to last'])
      // How it went is written down a moment after it was answered.
      const store = openSqliteStore({ stateDir: house.stateDir, mode: 'read-only' })
      const jobs = store.agent('main').table('cron')
      await expect
        .poll(async () => (await jobs.get(made.id))?.value, { timeout: 25_000 })
        .toMatchObject({ runs: [{ status: 'answered' }] })
      await store.close()
      expect(house.answers()).toHaveLength(3)
    },
    60_000,
  )

  it('is begun by one of two processes that look at the same time', async () => {
    const parsed = parseConfig(JSON.stringify(house.configWith()), {
      home: house.stateDir,
      stateDir: house.stateDir,
    })
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    const config = { ...parsed.config, channels: {} }
    // Two gateways on one store, as two processes are on one database server.
    const store = openSqliteStore({ stateDir: house.stateDir })
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
    const told = house.models.requests.map(({ lastUserText }) => lastUserText.split('\n').at(-1))
    expect(told.toSorted((a = '', b = '') => a.localeCompare(b))).toEqual(
      [0, 1, 2, 3, 4].map((index) => `number ${index}`),
    )
    await Promise.all([first.stop(), second.stop()])
    await store.close()
  }, 60_000)
})
