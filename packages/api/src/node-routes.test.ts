import { createApi, createAuth } from '@junctor/api'
import { describe, expect, it } from 'vitest'
import { createFakeControlPlane } from '../test/fake-control-plane.ts'

const token = 'a-token-of-enough-length'
const api = createApi({ control: createFakeControlPlane(), auth: createAuth({ token }) })

async function call(method: string, path: string, authorization = `Bearer ${token}`) {
  const url = `http://127.0.0.1:1/api/v1/nodes${path}`
  const response = await api.fetch(new Request(url, { method, headers: { authorization } }))
  return { status: response.status, body: await response.json() }
}

describe('nodes over the API', () => {
  it('lists who waits and who is paired', async () => {
    expect(await call('GET', '')).toMatchObject({
      status: 200,
      body: { requests: [{ name: 'mac', code: 'ACDEFGHJ' }], nodes: [{ name: 'mac' }] },
    })
  })

  it('approves and rejects by the code, and removes by the name', async () => {
    const approved = await call('POST', '/requests/ACDEFGHJ/approve')
    expect(approved).toMatchObject({ status: 200, body: { node: { name: 'mac' } } })
    const rejected = await call('POST', '/requests/ACDEFGHJ/reject')
    expect(rejected).toMatchObject({ status: 200, body: { request: { code: 'ACDEFGHJ' } } })
    expect(await call('DELETE', '/mac')).toMatchObject({ body: { node: { name: 'mac' } } })
  })

  it('knows no others, and lets nobody decide without a token', async () => {
    expect((await call('POST', '/requests/NONE/approve')).status).toBe(404)
    expect((await call('POST', '/requests/NONE/reject')).status).toBe(404)
    expect((await call('DELETE', '/pi')).status).toBe(404)
    expect((await call('POST', '/requests/TAKEN/approve')).status).toBe(409)
    expect((await call('POST', '/requests/ACDEFGHJ/approve', 'Bearer wrong')).status).toBe(401)
  })
})
