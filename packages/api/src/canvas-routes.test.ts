import { createApi, createAuth } from '@junctor/api'
import { expect, it } from 'vitest'
import { createFakeControlPlane } from '../test/fake-control-plane.ts'

const token = 'a-token-of-enough-length'
const facts = { agentId: 'main', sessionKey: 'agent:main:main', title: 'Chart', updatedAt: 7 }

function setUp() {
  const control = createFakeControlPlane()
  control.shown.push({ ...facts, html: '<h1>Chart</h1>' })
  const api = createApi({ control, auth: createAuth({ token }) })
  return (path: string, headers: Record<string, string> = {}) =>
    api.fetch(
      new Request(`http://127.0.0.1:1/api/v1/canvases${path}`, {
        headers: { authorization: `Bearer ${token}`, ...headers },
      }),
    )
}

it('lists what is shown, without what it shows', async () => {
  expect(await (await setUp()('')).json()).toEqual({ canvases: [facts] })
})

it('serves a canvas without any rights, to a frame of our page alone', async () => {
  const call = setUp()
  const response = await call('/main?session=agent:main:main', { 'sec-fetch-dest': 'iframe' })
  expect(await response.text()).toBe('<h1>Chart</h1>')
  expect(response.headers.get('content-type')).toContain('text/html')
  expect(response.headers.get('x-frame-options')).toBe('SAMEORIGIN')
  const policy = response.headers.get('content-security-policy')
  expect(policy).toMatch(/^sandbox allow-scripts; default-src 'none';/)
  expect(policy).not.toMatch(/allow-same-origin|connect-src|https?:/)
  expect(
    (await call('/main?session=agent:main:main', { 'sec-fetch-dest': 'document' })).status,
  ).toBe(403)
})

it('needs a credential, and says what is not shown', async () => {
  const call = setUp()
  expect((await call('', { authorization: '' })).status).toBe(401)
  expect((await call('/main?session=other')).status).toBe(404)
  const other = await call('/none?session=agent:none:main')
  expect(other.status).toBe(404)
  expect(other.headers.get('x-frame-options')).toBe('DENY')
})
