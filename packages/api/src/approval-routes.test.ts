import { createApi, createAuth } from '@junctor/api'
import { describe, expect, it } from 'vitest'
import { createFakeControlPlane } from '../test/fake-control-plane.ts'

const token = 'a-token-of-enough-length'

function setUp() {
  const control = createFakeControlPlane()
  const api = createApi({ control, auth: createAuth({ token }) })
  const ask = async (method: 'GET' | 'POST', path = '', body?: string) => {
    const response = await api.fetch(
      new Request(`http://127.0.0.1:1/api/v1/approvals${path}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body }),
      }),
    )
    return { status: response.status, body: await response.json() }
  }
  return { control, ask }
}

describe('approvals over the API', () => {
  it('are listed, and answered as the token with a reason or without', async () => {
    const { control, ask } = setUp()
    expect(await ask('GET')).toMatchObject({ status: 200, body: { approvals: [{ id: 'a1' }] } })
    expect(await ask('POST', '/a1/approve')).toMatchObject({
      status: 200,
      body: { approval: { id: 'a1', state: 'approved' } },
    })
    await ask('POST', '/a1/deny', '{ "reason": "no" }')
    const by = { channel: 'api', senderId: 'token' }
    expect(control.answered).toEqual([
      ['a1', 'approved', by, undefined],
      ['a1', 'denied', by, 'no'],
    ])
  })

  it('say when there is none, or when it is not theirs to answer', async () => {
    const { ask } = setUp()
    expect(await ask('POST', '/other/approve')).toMatchObject({ status: 404 })
    expect(await ask('POST', '/others/approve')).toMatchObject({ status: 403 })
    expect(await ask('POST', '/a1/deny', '{ "reason": 1 }')).toMatchObject({ status: 400 })
    expect(await ask('POST', '/a1/deny', '[')).toMatchObject({ status: 400 })
  })
})
