import { hasCode } from '@junctor/errors'
import { Hono, type Context } from 'hono'
import type { ControlPlane } from './control-plane.ts'
import type { ApiEnvironment } from './environment.ts'
import { ApiError } from './errors.ts'

/** Below `/agents`. The body of `pause` may be `{ reason }`. */
export function agentRoutes(control: ControlPlane): Hono<ApiEnvironment> {
  const routes = new Hono<ApiEnvironment>()

  routes.get('/', (context) => context.json({ agents: control.agents() }))

  routes.post('/:id/pause', async (context) => {
    const reason = await readReason(context)
    const id = context.req.param('id')
    const agent = await known(control.pauseAgent(id, reason === undefined ? {} : { reason }))
    return context.json({ agent })
  })

  routes.post('/:id/resume', async (context) =>
    context.json({ agent: await known(control.resumeAgent(context.req.param('id'))) }),
  )

  routes.post('/:id/restart', async (context) =>
    context.json({ agent: await known(control.restartAgent(context.req.param('id'))) }),
  )

  routes.get('/:id/tools', async (context) => {
    const { session, model } = context.req.query()
    const report = control.tools({
      agentId: context.req.param('id'),
      ...(session === undefined ? {} : { sessionKey: session }),
      ...(model === undefined ? {} : { model }),
    })
    return context.json(await known(report))
  })

  return routes
}

async function known<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result
  } catch (error) {
    if (hasCode(error, 'UNKNOWN_AGENT'))
      throw new ApiError('NOT_FOUND', error.message, { cause: error })
    if (hasCode(error, 'PAUSED_BY_CONFIG', 'INVALID_SESSION_KEY'))
      throw new ApiError('INVALID', error.message, { cause: error })
    throw error
  }
}

async function readReason(context: Context<ApiEnvironment>): Promise<string | undefined> {
  const text = await context.req.text()
  if (text.trim() === '') return undefined
  const body: unknown = parseJson(text)
  if (typeof body !== 'object' || body === null)
    throw new ApiError('INVALID', 'The body must be a JSON object such as { "reason": "…" }')
  const reason: unknown = Object.hasOwn(body, 'reason') ? Reflect.get(body, 'reason') : undefined
  if (reason === undefined) return undefined
  if (typeof reason === 'string' && reason.trim() !== '' && reason.length <= 500) return reason
  throw new ApiError('INVALID', '`reason` must be a text of 1 to 500 characters')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
