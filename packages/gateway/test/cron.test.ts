import type { JsonValue } from '@junctor/agent'
import type { CronJob } from '@junctor/gateway'
import type { ModelServerRequest } from '@junctor/testkit/models'
import { afterEach, describe, expect, it } from 'vitest'
import { answersIn, untilAnswers } from './conversation.ts'
import { openHouse, type House, type Settings } from './house.ts'

const DAY_MS = 24 * 3_600_000
let house: House
/** How far the gateway's clock is ahead. */
let ahead = 0
afterEach(() => house.close())

async function open(more: Partial<Settings> = {}): Promise<void> {
  ahead = 0
  house = await openHouse(
    {
      accounts: ['alf', 'bea'],
      agents: [{ id: 'alf', default: true }, { id: 'bea' }],
      bindings: ['alf', 'bea'].map((id) => ({
        agentId: id,
        match: { channel: 'telegram', accountId: id },
      })),
      ...more,
    },
    { sweepIntervalMs: 100, now: () => Date.now() + ahead },
  )
  script()
}

const due = ({ lastUserText }: ModelServerRequest): boolean =>
  lastUserText.startsWith('[Your cron job')
const job = { everyMs: 3_600_000, message: 'Look after the plants' }

/** An agent makes the call that it was last told of as `call <tool> <input>`, and says what came of it. */
function script(): void {
  house.models.respond((request) => {
    const { lastUserText, toolResults } = request
    if (due(request)) return { text: `done: ${lastUserText.split('\n').at(-1)}` }
    const [result] = toolResults
    if (result !== undefined) return { text: result.output }
    const [, text = ''] = /call cron (.*)/.exec(lastUserText) ?? []
    return text === '' ? { text: 'yes' } : { tools: [{ name: 'cron', input: JSON.parse(text) }] }
  })
}

const say = (agentId: string, chat: number, text: string): void =>
  void house.telegram.bot(house.tokenOf(agentId)).say({ chat, text })

/** What an agent reads when it calls the tool in this chat. */
async function calls(agentId: string, input: JsonValue, chat = 7): Promise<string> {
  const before = answersIn(house, agentId, chat).length
  say(agentId, chat, `${chat < 0 ? `@${agentId}_bot ` : ''}call cron ${JSON.stringify(input)}`)
  return (await untilAnswers(house, agentId, chat, before + 1)).at(-1) ?? ''
}

const jobsOf = (agentId: string): Promise<readonly CronJob[]> => house.gateway.cron.list(agentId)
const lastRun = async (agentId: string): Promise<CronJob['runs'][number] | undefined> =>
  (await jobsOf(agentId))[0]?.runs[0]
const until = (agentId: string, status: string): Promise<void> =>
  expect.poll(async () => (await lastRun(agentId))?.status, { timeout: 20_000 }).toBe(status)

describe('a cron job', () => {
  it('comes at its time, again and again, and its answer goes to where it was made', async () => {
    await open()
    expect(await calls('alf', { action: 'add', ...job, name: 'plants' })).toContain(
      '"every 1 hours"',
    )
    ahead += 3_600_000
    expect((await untilAnswers(house, 'alf', 7, 2))[1]).toBe('done: Look after the plants')
    await until('alf', 'answered')
    ahead += 3_600_000
    await untilAnswers(house, 'alf', 7, 3)
    const told = house.models.requests.filter(due)
    expect(told).toHaveLength(2)
    // Each run is a conversation of its own.
    for (const { body } of told) expect(JSON.stringify(body)).not.toContain('done:')
    expect(await calls('alf', { action: 'list' })).toContain('"lastRun"')
    const [{ id, runs } = { id: '', runs: [] }] = await jobsOf('alf')
    expect(runs.map(({ status }) => status)).toEqual(['answered', 'answered'])
    expect(await calls('alf', { action: 'runs', jobId: id })).toContain(
      'done: Look after the plants',
    )
    const [story] = await house.gateway.why(runs[0]?.messageId ?? '')
    expect(story?.steps[0]?.text).toContain(`It came from cron job ${id}`)
  })

  it('for one time runs once, and remains to be asked about', async () => {
    await open()
    const at = new Date(Date.now() + DAY_MS).toISOString()
    expect(await calls('alf', { action: 'add', at, message: 'Congratulate' })).toContain('once, at')
    ahead += DAY_MS
    await untilAnswers(house, 'alf', 7, 2)
    await until('alf', 'answered')
    ahead += DAY_MS
    await house.restart()
    script()
    say('alf', 7, 'still there?')
    expect(await untilAnswers(house, 'alf', 7, 3)).toHaveLength(3)
    expect(await jobsOf('alf')).toMatchObject([{ runs: [{ status: 'answered' }] }])
    expect(house.models.requests.filter(due)).toHaveLength(1)
  })

  it('says nothing to anybody where that was asked for', async () => {
    await open()
    await calls('alf', { action: 'add', ...job, deliverTo: 'nobody' })
    ahead += 3_600_000
    await until('alf', 'answered')
    expect(answersIn(house, 'alf', 7)).toHaveLength(1)
  })

  it('in the main session goes on with what was said there', async () => {
    await open({ more: { session: { dmScope: 'main' } } })
    say('alf', 7, 'I am Grace')
    await untilAnswers(house, 'alf', 7, 1)
    await calls('alf', { action: 'add', ...job, session: 'main' })
    ahead += 3_600_000
    await untilAnswers(house, 'alf', 7, 3)
    expect(JSON.stringify(house.models.requests.find(due)?.body)).toContain('I am Grace')
  })

  it('is changed, stopped, run by hand and removed', async () => {
    await open()
    await calls('alf', { action: 'add', ...job })
    const [{ id } = { id: '' }] = await jobsOf('alf')
    await calls('alf', { action: 'update', jobId: id, message: 'Water them', enabled: false })
    ahead += 3_600_000
    await calls('alf', { action: 'run', jobId: id })
    expect(await untilAnswers(house, 'alf', 7, 4)).toContain('done: Water them')
    expect(house.models.requests.filter(due)).toHaveLength(1)
    await calls('alf', { action: 'remove', jobId: id })
    expect(await jobsOf('alf')).toEqual([])
    expect(await calls('alf', { action: 'run', jobId: id })).toContain('There is no job')
  })

  it.each([
    [{ action: 'add', everyMs: 1_000, message: 'x' }, 'cron.shortestIntervalMs'],
    [{ action: 'add', everyMs: 60_000, message: ' ' }, '"message" is empty'],
    [{ action: 'add', message: 'x' }, 'say when'],
    [
      { action: 'add', ...job, session: 'main' },
      '"main" is for jobs that are made in the main session',
    ],
    [{ action: 'add', ...job, deliverTo: 'agent:bea:main' }, 'Not scheduled'],
    [{ action: 'add', ...job, deliverTo: 'agent:alf:main' }, 'Not scheduled'],
    [{ action: 'dance' }, '"action" must be one of'],
  ])('is not made by %j', async (input, says) => {
    await open()
    expect(await calls('alf', input)).toContain(says)
    expect(await jobsOf('alf')).toEqual([])
  })

  it('is not one too many', async () => {
    await open({ more: { cron: { maxJobs: 1 } } })
    await calls('alf', { action: 'add', ...job })
    expect(await calls('alf', { action: 'add', ...job })).toContain(
      'as many as cron.maxJobs allows',
    )
  })

  it('of one agent is not there for another, nor for another session of the same one', async () => {
    await open({ more: { tools: { agentToAgent: { enabled: true, allow: ['*'] } } } })
    await calls('alf', { action: 'add', ...job, name: 'secret plan' })
    const [{ id } = { id: '' }] = await jobsOf('alf')
    for (const [agentId, chat] of [
      ['bea', 7],
      ['alf', 8],
    ] as const) {
      expect(await calls(agentId, { action: 'list' }, chat)).not.toContain('secret plan')
      for (const action of ['update', 'remove', 'run', 'runs'])
        expect(await calls(agentId, { action, jobId: id, message: 'mine' }, chat)).toContain(
          'There is no job',
        )
    }
    expect(await jobsOf('alf')).toMatchObject([{ id, message: job.message, runs: [] }])
  })

  it('may do no more than the room in which it was made', async () => {
    await open({
      telegram: { groups: { '-5': { tools: { deny: ['session_status'] } }, '*': {} } },
    })
    await calls('alf', { action: 'add', ...job }, -5)
    await calls('bea', { action: 'add', ...job }, -6)
    ahead += 3_600_000
    await until('alf', 'answered')
    await until('bea', 'answered')
    const toolsOf = (agentId: string): readonly string[] | undefined =>
      house.models.requests.find(
        (request) => due(request) && request.system.includes(`agent id: ${agentId})`),
      )?.toolNames
    expect(toolsOf('alf')).toContain('cron')
    expect(toolsOf('alf')).not.toContain('session_status')
    expect(toolsOf('bea')).toContain('session_status')
  })

  it('that a job makes belongs to where the first one was made, and may do no more', async () => {
    await open({
      telegram: { groups: { '-5': { tools: { deny: ['session_status'] } }, '*': {} } },
    })
    await calls('alf', { action: 'add', ...job }, -5)
    house.models.respond((request) => {
      if (!due(request)) return { text: 'yes' }
      if (request.toolResults.length > 0 || request.lastUserText.includes('second'))
        return { text: 'done' }
      return { tools: [{ name: 'cron', input: { action: 'add', ...job, message: 'second' } }] }
    })
    ahead += 3_600_000
    await expect.poll(async () => (await jobsOf('alf')).length, { timeout: 20_000 }).toBe(2)
    const [first, second] = await jobsOf('alf')
    expect(second?.madeIn).toBe(first?.madeIn)
    ahead += 3_600_000
    await expect
      .poll(async () => (await jobsOf('alf'))[1]?.runs[0]?.status, { timeout: 20_000 })
      .toBe('answered')
    const run = house.models.requests.find(({ lastUserText }) => lastUserText.endsWith('second'))
    expect(run?.toolNames).toContain('cron')
    expect(run?.toolNames).not.toContain('session_status')
  })

  it('that fails waits longer and longer, and whoever made it is told', async () => {
    await open()
    await calls('alf', { action: 'add', everyMs: 60_000, message: 'fail' })
    house.models.respond(() => ({ stopReason: 'refusal' }))
    for (const failures of [1, 2, 3]) {
      ahead += 3_600_000
      await expect
        .poll(async () => (await jobsOf('alf'))[0]?.failures, { timeout: 20_000 })
        .toBe(failures)
    }
    const [{ nextAt = 0 } = {}] = await jobsOf('alf')
    expect(nextAt - Date.now() - ahead).toBeGreaterThan(200_000)
    const told = (await untilAnswers(house, 'alf', 7, 4)).slice(1)
    for (const text of told) expect(text).toContain('⚠️ I could not')
  })

  it('does not begin again before its last run has ended', async () => {
    await open()
    await calls('alf', { action: 'add', everyMs: 60_000, message: 'slow', deliverTo: 'nobody' })
    house.models.respond(() => ({ text: 'never', fault: { kind: 'stall', afterEvents: 1 } }))
    ahead += 60_000
    await until('alf', 'running')
    ahead += 60_000
    await until('alf', 'skipped')
    expect((await jobsOf('alf'))[0]?.runs).toMatchObject([
      { status: 'skipped', text: 'its last run has not ended yet' },
      { status: 'running' },
    ])
  })

  it('of a paused agent waits until it answers again', async () => {
    await open()
    await calls('alf', { action: 'add', ...job })
    await calls('bea', { action: 'add', ...job })
    await house.gateway.pauseAgent('alf')
    ahead += 3_600_000
    await until('bea', 'answered')
    expect((await jobsOf('alf'))[0]?.runs).toEqual([])
    await house.gateway.resumeAgent('alf')
    await until('alf', 'answered')
  })

  it.each([
    ['run', 'answered', { isLate: true }],
    ['skip', 'skipped', { text: 'nothing ran here when it was due, and cron.missed is "skip"' }],
  ])(
    'that was missed is one run or none, as cron.missed says: %s',
    async (missed, status, more) => {
      await open({ more: { cron: { missed } } })
      await calls('alf', { action: 'add', ...job })
      ahead += 10 * 3_600_000 + 120_000
      await house.restart()
      script()
      await until('alf', status)
      const [{ runs, nextAt = 0 } = { runs: [] }] = await jobsOf('alf')
      expect(runs).toMatchObject([{ status, ...more }])
      expect(nextAt).toBeGreaterThan(Date.now() + ahead)
    },
  )

  it('of an agent that is removed with all that it had is gone, also when there is such an agent again', async () => {
    await open()
    const settings: Settings = { accounts: ['alf', 'bea'], agents: [{ id: 'bea' }] }
    await calls('alf', { action: 'add', ...job })
    await house.gateway.reload(house.configFrom(settings))
    ahead += 3_600_000
    await house.gateway.purgeAgent('alf')
    await house.gateway.reload(house.config)
    expect(await jobsOf('alf')).toEqual([])
    say('alf', 7, 'hello')
    await untilAnswers(house, 'alf', 7, 2)
    expect(house.models.requests.filter(due)).toEqual([])
  })

  it('is not made and does not run where cron.enabled is false', async () => {
    await open()
    await calls('alf', { action: 'add', ...job })
    await house.gateway.reload(
      house.configFrom({
        accounts: ['alf', 'bea'],
        agents: [{ id: 'alf' }],
        more: { cron: { enabled: false } },
      }),
    )
    ahead += 3_600_000
    expect(await calls('alf', { action: 'add', ...job })).toContain('cron.enabled is false')
    expect((await jobsOf('alf'))[0]?.runs).toEqual([])
  })
})
