import type { JsonObject, JsonValue, Tool } from '@junctor/agent'
import { parseSessionKey } from '@junctor/session-key'
import type { Store } from '@junctor/store'
import { surfaceOf } from '../agent-to-agent/surface.ts'
import type { Cron, CronChange, CronJobs } from '../cron/cron.ts'
import type { CronJob } from '../cron/job.ts'
import { describeSchedule, type WrittenSchedule } from '../cron/schedule.ts'
import { fieldOf, textOf } from '../envelopes.ts'
import type { AnswerTo } from '../mail.ts'
import { placeText } from '../place-text.ts'
import type { TurnCauses } from '../turn-causes.ts'
import type { Caller, Sight } from './sight.ts'

export interface CronToolOptions {
  readonly store: Store
  readonly cron: CronJobs & Pick<Cron, 'makerOf'>
  readonly causes: TurnCauses
  readonly sight: Sight
}

const actions = ['list', 'add', 'update', 'remove', 'run', 'runs'] as const

/**
 * The tool `cron`: messages that the agent sends itself at their time. From its main session it sees all jobs of its own, from
 * any other session those that were made there. Jobs of other agents it never sees.
 */
export function cronTool({ store, cron, causes, sight }: CronToolOptions): Tool {
  /** A run of a job stands for the session in which the job was made. */
  const homeOf = async (sessionKey: string): Promise<string | undefined> => {
    const { kind } = parseSessionKey(sessionKey)
    if (kind === 'subagent') throw new TypeError('A sub-agent has no cron jobs.')
    return kind === 'cron' ? cron.makerOf(sessionKey) : sessionKey
  }
  const visibleTo = async ({ agent, sessionKey }: Caller): Promise<readonly CronJob[]> => {
    const [all, home] = await Promise.all([cron.list(agent.id), homeOf(sessionKey)])
    return home === undefined || isMain(home) ? all : all.filter(({ madeIn }) => madeIn === home)
  }
  const jobOf = async (input: JsonValue, caller: Caller): Promise<CronJob> => {
    const jobId = textOf(input, 'jobId')
    const job = (await visibleTo(caller)).find(({ id }) => id === jobId)
    if (job !== undefined) return job
    throw new TypeError(
      `There is no job ${JSON.stringify(jobId)}; the action "list" shows those that there are.`,
    )
  }

  /** Where the agent speaks already, and nowhere else. */
  const goalOf = async (
    input: JsonValue,
    caller: Caller & { readonly turnId: string },
  ): Promise<AnswerTo | undefined> => {
    const to = textOf(input, 'deliverTo') || 'here'
    if (to === 'nobody') return undefined
    if (to === 'here' || to === caller.sessionKey) {
      const answerTo = causes.of(caller.turnId).answerTo
      return answerTo && { address: answerTo.address, recipientId: answerTo.recipientId }
    }
    const refused = await sight.refused(caller, to)
    if (refused !== undefined) throw new TypeError(`Not scheduled: ${refused}.`)
    if (parseSessionKey(to).agentId !== caller.agent.id || !isMain(caller.sessionKey))
      throw new TypeError(
        'Not scheduled: answers go here, to nobody, or from the main session to another session of yours.',
      )
    const surface = await surfaceOf(store.agent(caller.agent.id), to)
    if (surface !== undefined) return surface
    throw new TypeError(
      `Not scheduled: session ${to} has no one place where it speaks with people.`,
    )
  }

  return {
    name: 'cron',
    description:
      'Messages to yourself at their time: reminders, checks, reports. `add` needs `message` (what you are to do then) and one of `at`, `everyMs`, `cron`.',
    inputSchema,
    once: true,
    async run(input, context) {
      const { agent, sessionKey } = context
      const action = actions.find((each) => each === textOf(input, 'action'))
      switch (action) {
        case 'list':
          return toText({ jobs: (await visibleTo(context)).map(shown) })
        case 'add': {
          const session = textOf(input, 'session') === 'main' ? 'main' : 'isolated'
          // What is asked for in a room must not run with the rights of the main session.
          if (session === 'main' && !isMain(sessionKey))
            throw new TypeError(
              'Not scheduled: "main" is for jobs that are made in the main session.',
            )
          const madeIn = await homeOf(sessionKey)
          const answerTo = await goalOf(input, context)
          const name = textOf(input, 'name')
          const job = await cron.add(agent.id, {
            schedule: scheduleOf(input) ?? {},
            message: textOf(input, 'message'),
            session,
            ...(madeIn === undefined ? {} : { madeIn }),
            ...(name === '' ? {} : { name }),
            ...(answerTo === undefined ? {} : { answerTo }),
          })
          return toText(shown(job))
        }
        case 'update': {
          const { id } = await jobOf(input, context)
          return toText(shown(await cron.update(agent.id, id, changeOf(input))))
        }
        case 'remove': {
          const { id } = await jobOf(input, context)
          await cron.remove(agent.id, id)
          return toText({ removed: id })
        }
        case 'run': {
          const { id } = await jobOf(input, context)
          return toText(shown(await cron.run(agent.id, id)))
        }
        case 'runs': {
          const { id, runs } = await jobOf(input, context)
          return toText({ id, runs: runs.map(shownRun) })
        }
        case undefined:
          throw new TypeError(`"action" must be one of ${actions.join(', ')}`)
      }
    },
  }
}

const inputSchema: JsonObject = {
  type: 'object',
  properties: {
    action: { type: 'string', enum: [...actions] },
    jobId: { type: 'string', description: 'For update, remove, run and runs.' },
    name: { type: 'string' },
    message: { type: 'string', description: 'What you are told when it is due.' },
    at: {
      type: ['string', 'integer'],
      description: 'Once: as in 2026-12-24T18:00, or milliseconds since 1970.',
    },
    everyMs: { type: 'integer', description: 'Every so many milliseconds.' },
    cron: { type: 'string', description: 'Five or six fields, as in 0 9 * * 1.' },
    timeZone: { type: 'string', description: 'Of `at` and `cron`, as in Europe/Berlin.' },
    session: {
      type: 'string',
      enum: ['main', 'isolated'],
      description: 'Where you are told: your main session, or each time a new one (default).',
    },
    deliverTo: {
      type: 'string',
      description: '"here" (default), "nobody", or the key of another session of yours.',
    },
    enabled: { type: 'boolean', description: 'For update: false stops it.' },
  },
  required: ['action'],
  additionalProperties: false,
}

function isMain(sessionKey: string): boolean {
  const parts = parseSessionKey(sessionKey)
  return parts.kind === 'main' && parts.thread === undefined
}

/** Undefined where the call says nothing of when. */
function scheduleOf(input: JsonValue): WrittenSchedule | undefined {
  const [at, everyMs, cron, timeZone] = ['at', 'everyMs', 'cron', 'timeZone'].map((name) =>
    fieldOf(input, name),
  )
  if ([at, everyMs, cron].every((part) => typeof part !== 'string' && typeof part !== 'number'))
    return undefined
  return {
    ...(typeof at === 'string' || typeof at === 'number' ? { at } : {}),
    ...(typeof everyMs === 'number' ? { everyMs } : {}),
    ...(typeof cron === 'string' ? { cron } : {}),
    ...(typeof timeZone === 'string' ? { timeZone } : {}),
  }
}

function changeOf(input: JsonValue): CronChange {
  const schedule = scheduleOf(input)
  const name = textOf(input, 'name')
  const message = textOf(input, 'message')
  const enabled = fieldOf(input, 'enabled')
  return {
    ...(schedule === undefined ? {} : { schedule }),
    ...(name === '' ? {} : { name }),
    ...(message === '' ? {} : { message }),
    ...(typeof enabled === 'boolean' ? { enabled } : {}),
  }
}

function shown({ runs, answerTo, nextAt, ...job }: CronJob): object {
  const { id, name, message, session, enabled, failures, schedule } = job
  const [last] = runs
  return {
    id,
    name,
    schedule: describeSchedule(schedule),
    message,
    session,
    deliverTo: answerTo === undefined ? 'nobody' : placeText(answerTo.address),
    enabled,
    next: nextAt === undefined ? null : new Date(nextAt).toISOString(),
    ...(failures === 0 ? {} : { failures }),
    ...(last === undefined ? {} : { lastRun: shownRun(last) }),
  }
}

function shownRun({ dueAt, status, messageId, text }: CronJob['runs'][number]): object {
  return {
    due: new Date(dueAt).toISOString(),
    status,
    ...(messageId === undefined ? {} : { messageId }),
    ...(text === undefined ? {} : { text }),
  }
}

function toText(value: object): string {
  return JSON.stringify(value, undefined, 1)
}
