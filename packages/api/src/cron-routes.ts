import type { Address } from '@junctor/channel'
import { hasCode } from '@junctor/errors'
import { Hono, type Context } from 'hono'
import type { CronControl, WantedCronJob } from './cron-control.ts'
import type { ApiEnvironment } from './environment.ts'
import { ApiError } from './errors.ts'

/** Below `/agents`: the jobs of one agent. */
export function cronRoutes(cron: CronControl): Hono<ApiEnvironment> {
  const routes = new Hono<ApiEnvironment>()

  routes.get('/:id/cron', async (context) =>
    context.json({ jobs: await answered(cron.list(context.req.param('id'))) }),
  )
  routes.post('/:id/cron', async (context) => {
    const wanted = await readJob(context)
    return context.json({ job: await answered(cron.add(context.req.param('id'), wanted)) }, 201)
  })
  routes.post('/:id/cron/:jobId/run', async (context) => {
    const { id, jobId } = context.req.param()
    return context.json({ job: await answered(cron.run(id, jobId)) })
  })
  routes.delete('/:id/cron/:jobId', async (context) => {
    const { id, jobId } = context.req.param()
    await answered(cron.remove(id, jobId))
    return context.json({ removed: jobId })
  })

  return routes
}

async function answered<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result
  } catch (error) {
    if (hasCode(error, 'UNKNOWN_AGENT', 'UNKNOWN_JOB'))
      throw new ApiError('NOT_FOUND', error.message, { cause: error })
    if (hasCode(error, 'INVALID_JOB'))
      throw new ApiError('REFUSED', error.message, { cause: error })
    throw error
  }
}

/** What a schedule says is the gateway's business; here it only has to be of the right kind. */
async function readJob(context: Context<ApiEnvironment>): Promise<WantedCronJob> {
  const body: unknown = await context.req.json().catch(() => undefined)
  const schedule = fieldOf(body, 'schedule')
  const message = fieldOf(body, 'message')
  if (typeof schedule !== 'object' || schedule === null || typeof message !== 'string')
    throw new ApiError(
      'INVALID',
      'The body must be such as { "schedule": { "cron": "0 9 * * 1" }, "message": "…" }',
    )
  const written = fieldOf(schedule, 'at')
  const at = typeof written === 'number' ? written : textIn(schedule, 'at')
  const everyMs = numberIn(schedule, 'everyMs')
  const cron = textIn(schedule, 'cron')
  const timeZone = textIn(schedule, 'timeZone')
  const name = textIn(body, 'name')
  const session = textIn(body, 'session')
  if (session !== undefined && session !== 'main' && session !== 'isolated')
    throw new ApiError('INVALID', '`session` must be "main" or "isolated"')
  return {
    schedule: {
      ...(at === undefined ? {} : { at }),
      ...(everyMs === undefined ? {} : { everyMs }),
      ...(cron === undefined ? {} : { cron }),
      ...(timeZone === undefined ? {} : { timeZone }),
    },
    message,
    ...(name === undefined ? {} : { name }),
    ...(session === undefined ? {} : { session }),
    ...addressIn(fieldOf(body, 'deliverTo')),
  }
}

function addressIn(value: unknown): { readonly deliverTo?: Address } {
  if (value === undefined) return {}
  const peer = fieldOf(value, 'peer')
  const [channel, accountId, id] = [
    textIn(value, 'channel'),
    textIn(value, 'accountId'),
    textIn(peer, 'id'),
  ]
  const kind = (['dm', 'group', 'channel'] as const).find((each) => each === fieldOf(peer, 'kind'))
  if (channel !== undefined && accountId !== undefined && id !== undefined && kind !== undefined)
    return { deliverTo: { channel, accountId, peer: { kind, id } } }
  throw new ApiError(
    'INVALID',
    '`deliverTo` must be such as { "channel": "telegram", "accountId": "default", "peer": { "kind": "dm", "id": "7" } }',
  )
}

function textIn(body: unknown, name: string): string | undefined {
  const value = fieldOf(body, name)
  if (value === undefined || typeof value === 'string') return value
  throw new ApiError('INVALID', `\`${name}\` must be a text`)
}

function numberIn(body: unknown, name: string): number | undefined {
  const value = fieldOf(body, name)
  if (value === undefined || typeof value === 'number') return value
  throw new ApiError('INVALID', `\`${name}\` must be a number`)
}

function fieldOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, name)
    ? Reflect.get(body, name)
    : undefined
}
