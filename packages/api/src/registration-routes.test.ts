import { createApi, createAuth } from '@junctor/api'
import { describe, expect, it } from 'vitest'
import { createFakeControlPlane } from '../test/fake-control-plane.ts'

const token = 'a-token-of-enough-length'

function setUp() {
  const control = createFakeControlPlane()
  const api = createApi({ control, auth: createAuth({ token }) })
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => {
    const response = await api.fetch(
      new Request(`http://127.0.0.1:1/api/v1${path}`, {
        method,
        headers: headers ?? { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
    return { status: response.status, body: (await response.json()) as object }
  }
  return { control, call }
}

describe('registrations over the API', () => {
  it('makes an agent, lists it and removes it', async () => {
    const { call } = setUp()
    const agent = { id: 'sales', name: 'Sales' }
    const made = await call('POST', '/registrations/agents', { agent, owner: 'ops' })
    expect(made).toEqual({ status: 201, body: { id: 'sales' } })
    expect((await call('GET', '/registrations')).body).toEqual({
      registrations: [
        { kind: 'agent', state: 'in-force', id: 'sales', agent, owner: 'ops', createdAt: 1 },
      ],
    })
    expect(await call('DELETE', '/registrations/agents/sales?purge=true')).toEqual({
      status: 200,
      body: { id: 'sales', bindings: 0, purge: true, force: false },
    })
    expect((await call('DELETE', '/registrations/agents/sales')).status).toBe(404)
  })

  it('makes a binding with an end, once', async () => {
    const { call } = setUp()
    const binding = { agentId: 'sales', match: { channel: 'web' } }
    const body = { binding, owner: 'ops', ttlMs: 60_000 }
    expect(await call('POST', '/registrations/bindings', body)).toEqual({
      status: 201,
      body: { status: 'added', owner: 'ops', ttlMs: 60_000 },
    })
    await call('POST', '/registrations/agents', { agent: { id: 'sales' } })
    expect((await call('POST', '/registrations/bindings', body)).status).toBe(200)
  })

  it.each<readonly [string, string, unknown, number, string]>([
    ['POST', '/registrations/agents', { agent: { id: 'main' } }, 422, 'REFUSED'],
    ['POST', '/registrations/bindings', { binding: { agentId: 'main' } }, 409, 'CONFLICT'],
    ['DELETE', '/registrations/bindings/none', undefined, 404, 'NOT_FOUND'],
    ['DELETE', '/agents/main/state', undefined, 409, 'CONFLICT'],
    ['GET', '/agents/nobody', undefined, 404, 'NOT_FOUND'],
    ['POST', '/registrations/agents', 'x', 400, 'INVALID'],
    ['POST', '/registrations/agents', { agent: [] }, 400, 'INVALID'],
    ['POST', '/registrations/agents', { agent: {}, owner: ' ' }, 400, 'INVALID'],
    ['POST', '/registrations/bindings', { binding: {}, ttlMs: -1 }, 400, 'INVALID'],
    ['DELETE', '/registrations/agents/x?purge=yes', undefined, 400, 'INVALID'],
  ])('answers %s %s %j with %i', async (method, path, body, status, code) => {
    const answer = await setUp().call(method, path, body)
    expect(answer).toEqual({ status, body: { error: { code, message: expect.any(String) } } })
  })

  it('purges what an agent has stored that is no more', async () => {
    expect(await setUp().call('DELETE', '/agents/gone/state')).toEqual({
      status: 200,
      body: { rows: { messages: 2 } },
    })
    expect((await setUp().call('GET', '/agents/main')).body).toMatchObject({ id: 'main' })
  })

  it('needs a credential', async () => {
    const { call, control } = setUp()
    const agent = { id: 'sales' }
    expect((await call('POST', '/registrations/agents', { agent }, {})).status).toBe(401)
    expect((await call('DELETE', '/agents/gone/state', undefined, {})).status).toBe(401)
    expect(control.registered).toEqual([])
  })
})
