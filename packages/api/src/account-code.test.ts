import { createApi, createAuth } from '@junctor/api'
import { expect, it } from 'vitest'
import { createFakeControlPlane } from '../test/fake-control-plane.ts'

const token = 'a-token-of-enough-length'

it('draws the code of an account that waits for a phone, for those who may ask', async () => {
  const fake = createFakeControlPlane()
  const waiting = {
    channel: 'whatsapp',
    accountId: 'biz',
    state: 'needs-login',
    qr: 'a code',
    since: 0,
  } as const
  const control = {
    ...fake,
    status: async () => ({ ...(await fake.status()), channels: [waiting] }),
  }
  const api = createApi({ control, auth: createAuth({ token }) })
  const ask = (account: string, headers = { authorization: `Bearer ${token}` }) =>
    api.fetch(
      new Request(`http://127.0.0.1:1/api/v1/channels/whatsapp/${account}/qr.svg`, { headers }),
    )
  const drawn = await ask('biz')
  expect(drawn.headers.get('content-type')).toBe('image/svg+xml')
  expect(await drawn.text()).toMatch(/^<svg .*<path/s)
  expect(drawn.headers.get('cache-control')).toBe('no-store')
  expect((await ask('home')).status).toBe(404)
  expect((await ask('biz', { authorization: 'Bearer wrong' })).status).toBe(401)
})
