import { hasCode } from '@junctor/errors'
import { Hono, type Context } from 'hono'
import type { JsonObject, RegistrationControl } from './control-plane.ts'
import type { ApiEnvironment } from './environment.ts'
import { ApiError } from './errors.ts'

/** Below `/registrations`: agents and bindings that do not stand in the config. */
export function registrationRoutes(registrations: RegistrationControl): Hono<ApiEnvironment> {
  const routes = new Hono<ApiEnvironment>()

  routes.get('/', (context) => context.json({ registrations: registrations.list() }))

  routes.post('/agents', async (context) => {
    const body = await readBody(context)
    const agent = objectIn(body, 'agent')
    return context.json(await answered(registrations.addAgent(agent, ownerIn(body))), 201)
  })

  routes.delete('/agents/:id', async (context) => {
    const options = { purge: flag(context, 'purge'), force: flag(context, 'force') }
    const id = context.req.param('id')
    return context.json(await answered(registrations.removeAgent(id, options)))
  })

  routes.post('/bindings', async (context) => {
    const body = await readBody(context)
    const binding = objectIn(body, 'binding')
    const options = { ...ownerIn(body), ...ttlIn(body) }
    const answer = await answered(registrations.bind(binding, options))
    return context.json(answer, answer.status === 'added' ? 201 : 200)
  })

  routes.delete('/bindings/:id', async (context) =>
    context.json(await answered(registrations.unbind(context.req.param('id')))),
  )

  return routes
}

/** Turns what a gateway says into an answer. */
export async function answered<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result
  } catch (error) {
    if (hasCode(error, 'UNKNOWN_REGISTRATION'))
      throw new ApiError('NOT_FOUND', error.message, { cause: error })
    if (hasCode(error, 'REGISTRATION_REFUSED'))
      throw new ApiError('REFUSED', error.message, { cause: error })
    if (hasCode(error, 'REGISTRATION_CONFLICT', 'AGENT_CONFIGURED'))
      throw new ApiError('CONFLICT', error.message, { cause: error })
    throw error
  }
}

async function readBody(context: Context<ApiEnvironment>): Promise<object> {
  const body: unknown = await context.req.json().catch(() => undefined)
  if (isObject(body)) return body
  throw new ApiError('INVALID', 'The body must be a JSON object')
}

function objectIn(body: object, name: string): JsonObject {
  const value = fieldOf(body, name)
  if (isObject(value)) return value
  throw new ApiError('INVALID', `\`${name}\` must be an object, as the config has it`)
}

function ownerIn(body: object): { readonly owner?: string } {
  const owner = fieldOf(body, 'owner')
  if (owner === undefined) return {}
  if (typeof owner === 'string' && owner.trim() !== '' && owner.length <= 200) return { owner }
  throw new ApiError('INVALID', '`owner` must be a text of up to 200 characters')
}

function ttlIn(body: object): { readonly ttlMs?: number } {
  const ttlMs = fieldOf(body, 'ttlMs')
  if (ttlMs === undefined) return {}
  if (typeof ttlMs === 'number' && Number.isSafeInteger(ttlMs) && ttlMs > 0) return { ttlMs }
  throw new ApiError('INVALID', '`ttlMs` must be a whole number of milliseconds')
}

function flag(context: Context<ApiEnvironment>, name: string): boolean {
  const value = context.req.query(name)
  if (value === undefined || value === 'false') return false
  if (value === 'true') return true
  throw new ApiError('INVALID', `\`${name}\` must be true or false`)
}

function fieldOf(body: object, name: string): unknown {
  return Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
