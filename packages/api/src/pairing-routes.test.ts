import { createApi, createAuth } from '@junctor/api'
import { describe, expect, it } from 'vitest'
import { createFakeControlPlane } from '../test/fake-control-plane.ts'

const token = 'a-token-of-enough-length'
const request = {
  id: 'pair_1',
  code: 'ACDEFGHJ',
  channel: 'telegram',
  accountId: 'home',
  senderId: '8',
  at: 1,
  expiresAt: 2,
}
const approval = { channel: 'telegram', senderId: '8', session: 'own', approvedAt: 1 } as const

function setUp() {
  const control = createFakeControlPlane()
  control.requests.push(request)
  const api = createApi({ control, auth: createAuth({ token }) })
  const call = async (
    path: string,
    body?: unknown,
    headers = { authorization: `Bearer ${token}` },
  ) => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const url = `http://127.0.0.1:1/api/v1/pairing${path}`
    const response = await api.fetch(new Request(url, { headers, ...init }))
    return { status: response.status, body: await response.json() }
  }
  return { control, call }
}

describe('pairing over the API', () => {
  it('lists who waits and who was let in', async () => {
    const { call } = setUp()
    expect(await call('')).toEqual({ status: 200, body: { requests: [request], approvals: [] } })
  })

  it('lets in by id or code, in a session of their own unless another is named', async () => {
    const { call } = setUp()
    expect(await call('/approve', { id: 'pair_1' })).toMatchObject({
      status: 200,
      body: { approval: { id: 'pair_1', session: 'own' } },
    })
    const shared = { id: 'ACDEFGHJ', session: 'main', channel: 'telegram', accountId: 'home' }
    expect((await call('/approve', shared)).body).toMatchObject({ approval: { session: 'main' } })
  })

  it('rejects, and shuts out whom the account narrows down to one', async () => {
    const { control, call } = setUp()
    expect((await call('/reject', { id: 'pair_1' })).body).toEqual({ request })
    control.letIn.push(
      { id: 'a', accountId: 'home', ...approval },
      { id: 'b', accountId: 'shop', ...approval },
    )
    expect((await call('/revoke', { id: '8' })).status).toBe(400)
    expect(await call('/revoke', { id: '8', accountId: 'shop' })).toMatchObject({
      status: 200,
      body: { approval: { id: 'b' } },
    })
  })

  it.each([
    ['an id that nobody has', '/approve', { id: 'nope' }, 404],
    ['no id', '/approve', {}, 400],
    ['an id that is no text', '/reject', { id: 7 }, 400],
    ['an empty id', '/revoke', { id: '' }, 400],
    ['a session that there is not', '/approve', { id: 'pair_1', session: 'all' }, 400],
    ['no object', '/approve', 'pair_1', 400],
  ])('refuses %s', async (_name, path, body, status) => {
    const { call, control } = setUp()
    expect((await call(path, body)).status).toBe(status)
    expect(control.letIn).toEqual([])
  })

  it('is for those who are logged in', async () => {
    const { call } = setUp()
    const stranger = { authorization: 'Bearer another-token-of-a-length' }
    expect((await call('', undefined, stranger)).status).toBe(401)
    expect((await call('/approve', { id: 'pair_1' }, stranger)).status).toBe(401)
  })
})
