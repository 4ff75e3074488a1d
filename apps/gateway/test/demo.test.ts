import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { createInstallation, type Installation } from './installation.ts'

let installation: Installation

afterEach(() => installation.close())

it('a gateway without a key labels the demo model in its log, at the start and in every turn', async () => {
  installation = await createInstallation({ gateway: { port: 0 } })
  const gateway = await installation.start()
  expect(gateway.output()).toContain('the demo model answers, not a real one')
  const token = (await readFile(join(installation.stateDir, 'gateway.token'), 'utf8')).trim()
  const posted = await fetch(new URL('/channels/web/default/messages', gateway.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'm1', text: 'hello', conversation: 'owner' }),
  })
  expect(posted.status).toBe(200)
  // A turn that runs ends before the gateway does.
  const { stderr } = await gateway.stop()
  const turn = stderr.split('\n').find((line) => line.includes('turn ended: answered'))
  expect(JSON.parse(turn ?? '{}')).toMatchObject({ agentId: 'main', model: 'demo/junctor' })
})
