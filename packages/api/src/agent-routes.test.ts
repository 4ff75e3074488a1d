import { createApi, createAuth } from '@junctor/api'
import { describe, expect, it } from 'vitest'
import { createFakeControlPlane } from '../test/fake-control-plane.ts'

const token = 'a-token-of-enough-length'

function setUp() {
  const control = createFakeControlPlane()
  const api = createApi({ control, auth: createAuth({ token }) })
  const ask = async (method: 'GET' | 'POST', path: string, body?: string) => {
    const response = await api.fetch(
      new Request(`http://127.0.0.1:1/api/v1/agents${path}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { body }),
      }),
    )
    return { status: response.status, body: await response.json() }
  }
  const post = (path: string, body?: string) => ask('POST', path, body)
  return { control, post, get: (path: string) => ask('GET', path) }
}

describe('pausing agents over the API', () => {
  it('pauses with a reason or without one, and resumes', async () => {
    const { control, post } = setUp()
    expect(await post('/main/pause', '{ "reason": "moving" }')).toMatchObject({
      status: 200,
      body: { agent: { id: 'main', state: 'paused' } },
    })
    expect(control.paused.get('main')).toBe('moving')
    expect(await post('/main/pause')).toMatchObject({ status: 200 })
    expect(control.paused.get('main')).toBeUndefined()
    expect(await post('/main/resume')).toMatchObject({ body: { agent: { state: 'available' } } })
  })

  it('starts one anew', async () => {
    const { control, post } = setUp()
    expect(await post('/main/restart')).toMatchObject({ body: { agent: { id: 'main' } } })
    expect(control.restarted).toEqual(['main'])
    expect(await post('/nobody/restart')).toMatchObject({ status: 404 })
  })

  it('tells what decides about each tool of one', async () => {
    const { get } = setUp()
    expect(await get('/main/tools?session=agent:main:x&model=openai/y')).toMatchObject({
      status: 200,
      body: { agentId: 'main', sessionKey: 'agent:main:x', model: 'openai/y', tools: [] },
    })
    expect(await get('/nobody/tools')).toMatchObject({ status: 404 })
    expect(await get('/main/tools?session=x')).toMatchObject({ status: 400 })
  })

  it('says when there is no such agent, or the config alone can resume it', async () => {
    const { post } = setUp()
    expect(await post('/nobody/pause')).toMatchObject({ status: 404 })
    expect(await post('/main/resume')).toMatchObject({ status: 400 })
  })

  it.each(['[', '1', '{ "reason": 1 }', '{ "reason": " " }'])(
    'refuses the body %s',
    async (body) => {
      expect(await setUp().post('/main/pause', body)).toMatchObject({ status: 400 })
    },
  )
})
