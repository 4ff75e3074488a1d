import { hasCode } from '@junctor/errors'
import { Hono, type Context } from 'hono'
import type { PairingControl, PairingPlace } from './control-plane.ts'
import type { ApiEnvironment } from './environment.ts'
import { ApiError } from './errors.ts'

/** Below `/pairing`. Bodies are `{ id, channel?, accountId? }`; `id` is a request's id or code, or an approval's or sender's id. */
export function pairingRoutes(pairing: PairingControl): Hono<ApiEnvironment> {
  const routes = new Hono<ApiEnvironment>()

  routes.get('/', async (context) => context.json(await pairing.list()))

  routes.post('/approve', async (context) => {
    const { id, place, session } = await readBody(context)
    const options = { ...place, ...(session === undefined ? {} : { session }) }
    return context.json({ approval: await known(pairing.approve(id, options)) })
  })

  routes.post('/reject', async (context) => {
    const { id, place } = await readBody(context)
    return context.json({ request: await known(pairing.reject(id, place)) })
  })

  routes.post('/revoke', async (context) => {
    const { id, place } = await readBody(context)
    return context.json({ approval: await known(pairing.revoke(id, place)) })
  })

  return routes
}

async function known<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result
  } catch (error) {
    if (hasCode(error, 'UNKNOWN_PAIRING'))
      throw new ApiError('NOT_FOUND', error.message, { cause: error })
    if (hasCode(error, 'AMBIGUOUS_PAIRING'))
      throw new ApiError('INVALID', error.message, { cause: error })
    throw error
  }
}

interface PairingBody {
  readonly id: string
  readonly place: PairingPlace
  readonly session?: 'own' | 'main'
}

async function readBody(context: Context<ApiEnvironment>): Promise<PairingBody> {
  const body: unknown = await context.req.json().catch(() => undefined)
  if (typeof body !== 'object' || body === null)
    throw new ApiError('INVALID', 'The body must be a JSON object with an `id`')
  const field = (name: string): string | undefined => {
    const value: unknown = Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined
    if (value === undefined || (typeof value === 'string' && value !== '')) return value
    throw new ApiError('INVALID', `\`${name}\` must be a text that is not empty`)
  }
  const [id, channel, accountId, session] = ['id', 'channel', 'accountId', 'session'].map(field)
  if (id === undefined) throw new ApiError('INVALID', 'The body has no `id`')
  if (session !== undefined && session !== 'own' && session !== 'main')
    throw new ApiError('INVALID', '`session` must be "own" or "main"')
  return {
    id,
    place: {
      ...(channel === undefined ? {} : { channel }),
      ...(accountId === undefined ? {} : { accountId }),
    },
    ...(session === undefined ? {} : { session }),
  }
}
