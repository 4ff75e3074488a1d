import { hasCode } from '@junctor/errors'
import { Hono } from 'hono'
import type { NodeControl } from './control-plane.ts'
import type { ApiEnvironment } from './environment.ts'
import { ApiError } from './errors.ts'

/** Below `/nodes`. The nodes themselves do not come this way. */
export function nodeRoutes(nodes: NodeControl): Hono<ApiEnvironment> {
  const routes = new Hono<ApiEnvironment>()

  routes.get('/', async (context) => context.json(await nodes.list()))

  routes.post('/requests/:code/approve', async (context) =>
    context.json({ node: await known(nodes.approve(context.req.param('code'))) }),
  )

  routes.post('/requests/:code/reject', async (context) =>
    context.json({ request: await known(nodes.reject(context.req.param('code'))) }),
  )

  routes.delete('/:name', async (context) =>
    context.json({ node: await known(nodes.remove(context.req.param('name'))) }),
  )

  return routes
}

async function known<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result
  } catch (error) {
    if (hasCode(error, 'UNKNOWN_NODE', 'UNKNOWN_NODE_REQUEST'))
      throw new ApiError('NOT_FOUND', error.message, { cause: error })
    if (hasCode(error, 'NODE_EXISTS'))
      throw new ApiError('CONFLICT', error.message, { cause: error })
    throw error
  }
}
