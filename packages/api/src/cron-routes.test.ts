import { createApi, createAuth } from '@junctor/api'
import { describe, expect, it } from 'vitest'
import { createFakeControlPlane } from '../test/fake-control-plane.ts'

const token = 'a-token-of-enough-length'

function setUp() {
  const control = createFakeControlPlane()
  const api = createApi({ control, auth: createAuth({ token }) })
  const ask = async (method: 'GET' | 'POST' | 'DELETE', path = '', body?: object) => {
    const response = await api.fetch(
      new Request(`http://127.0.0.1:1/api/v1/agents${path}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
    return { status: response.status, body: await response.json() }
  }
  return { control, ask }
}

const schedule = { cron: '0 9 * * 1', timeZone: 'UTC' }
const deliverTo = { channel: 'telegram', accountId: 'default', peer: { kind: 'dm', id: '7' } }

describe('cron jobs over the API', () => {
  it('are made, listed, run and removed', async () => {
    const { control, ask } = setUp()
    const wanted = { schedule, message: 'go', name: 'Go', session: 'main', deliverTo }
    expect(await ask('POST', '/main/cron', wanted)).toMatchObject({
      status: 201,
      body: { job: { id: 'cron_1' } },
    })
    expect(control.wanted).toEqual([['main', wanted]])
    expect(await ask('GET', '/main/cron')).toMatchObject({ body: { jobs: [{ id: 'cron_1' }] } })
    expect(await ask('POST', '/main/cron/cron_1/run')).toMatchObject({
      body: { job: { id: 'cron_1' } },
    })
    expect(await ask('DELETE', '/main/cron/cron_1')).toMatchObject({ body: { removed: 'cron_1' } })
  })

  it('say which agent or job there is not, and what the gateway refuses', async () => {
    const { ask } = setUp()
    expect(await ask('GET', '/nobody/cron')).toMatchObject({ status: 404 })
    expect(await ask('DELETE', '/main/cron/other')).toMatchObject({ status: 404 })
    expect(await ask('POST', '/main/cron', { schedule: {}, message: '' })).toMatchObject({
      status: 422,
    })
  })

  it.each([
    {},
    { schedule, message: 1 },
    { schedule: '0 9 * * 1', message: 'go' },
    { schedule: { everyMs: '1' }, message: 'go' },
    { schedule: { at: [] }, message: 'go' },
    { schedule, message: 'go', session: 'other' },
    { schedule, message: 'go', name: 1 },
    { schedule, message: 'go', deliverTo: 'telegram' },
    { schedule, message: 'go', deliverTo: { ...deliverTo, peer: { kind: 'star', id: '1' } } },
  ])('are not made of %j', async (body) => {
    expect(await setUp().ask('POST', '/main/cron', body)).toMatchObject({ status: 400 })
  })
})
