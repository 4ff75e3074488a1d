import { hasCode } from '@junctor/errors'
import { Hono, type Context } from 'hono'
import type { ApprovalControl } from './control-plane.ts'
import type { ApiEnvironment } from './environment.ts'
import { ApiError } from './errors.ts'

/** Below `/approvals`. The page answers as its owner on `web`, whoever has a token as `token` on `api`. */
export function approvalRoutes(approvals: ApprovalControl): Hono<ApiEnvironment> {
  const routes = new Hono<ApiEnvironment>()

  routes.get('/', async (context) => context.json({ approvals: await approvals.list() }))

  for (const [path, verdict] of [
    ['/:id/approve', 'approved'],
    ['/:id/deny', 'denied'],
  ] as const)
    routes.post(path, async (context) => {
      const reason = await readReason(context)
      const by =
        context.get('identity').kind === 'token'
          ? { channel: 'api', senderId: 'token' }
          : { channel: 'web', senderId: 'owner' }
      const answered = approvals.answer(context.req.param('id'), verdict, by, reason)
      return context.json({ approval: await known(answered) })
    })

  return routes
}

async function known<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result
  } catch (error) {
    if (hasCode(error, 'UNKNOWN_APPROVAL'))
      throw new ApiError('NOT_FOUND', error.message, { cause: error })
    if (hasCode(error, 'NOT_AN_APPROVER'))
      throw new ApiError('FORBIDDEN', error.message, { cause: error })
    throw error
  }
}

async function readReason(context: Context<ApiEnvironment>): Promise<string | undefined> {
  if ((await context.req.text()).trim() === '') return undefined
  const body: unknown = await context.req.json().catch(() => undefined)
  const reason: unknown =
    typeof body === 'object' && body !== null ? Reflect.get(body, 'reason') : body
  if (reason === undefined && typeof body === 'object') return undefined
  if (typeof reason === 'string' && reason.trim() !== '' && reason.length <= 500) return reason
  throw new ApiError('INVALID', '`reason` must be a text of 1 to 500 characters')
}
