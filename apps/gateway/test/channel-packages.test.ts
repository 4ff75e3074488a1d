import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Status } from '@junctor/api'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createInstallation, type Installation } from './installation.ts'

/** Says one thing when it opens, and posts what it is told to send to the address in its settings. */
const mirror = `
export const channel = {
  spec: 'channel-v1',
  id: 'mirror',
  capabilities: { maxTextLength: 4000, threads: false, files: false, edit: false, remove: false,
    reactions: false, typing: false, idempotentSend: false },
  config: { '~standard': { version: 1, vendor: 'mirror', validate: (value) =>
    typeof value?.url === 'string' ? { value } : { issues: [{ message: 'url is missing' }] } } },
  async open({ url, nativeId, crash }, host) {
    const connection = {
      async send(to, { text }) {
        await fetch(url, { method: 'POST', body: text })
        return { nativeId: 'answer', sentAt: Date.now() }
      },
      async close() {},
    }
    host.receive({ type: 'message', channel: 'mirror', accountId: host.accountId, nativeId,
      peer: { kind: 'dm', id: 'ada' }, sender: { id: 'ada', isBot: false, isSelf: false },
      sentAt: Date.now(), text: 'hello from the package', mentions: { self: false, ids: [] }, attachments: [] })
    if (crash) setTimeout(() => process.exit(1), 10)
    return connection
  },
}`

let installation: Installation
let server: Server
let posted: string[]
let url: string

beforeEach(async () => {
  posted = []
  server = createServer((request, response) => {
    void text(request).then((body) => {
      posted.push(body)
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  installation = await createInstallation()
})

afterEach(async () => {
  await installation.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

async function install(name: string, code: string): Promise<void> {
  const folder = join(installation.stateDir, 'node_modules', name)
  await mkdir(folder, { recursive: true })
  const manifest = { name, type: 'module', exports: './index.js' }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  await writeFile(join(folder, 'index.js'), code)
}

const configWith = (channels: object): object => ({
  gateway: { port: 0 },
  agents: { list: [{ id: 'home', model: 'demo/junctor' }] },
  session: { dmScope: 'per-peer' },
  channels: { web: {}, ...channels },
})

const accounts = async (): Promise<readonly [string, string, string][]> =>
  ((await installation.json('status', '--json')) as Status).channels.map(
    ({ channel, state, reason }) => [channel, state, reason ?? ''] as [string, string, string],
  )

it('answers over a channel that a package in the state directory brings', async () => {
  await install('junctor-channel-mirror', mirror)
  await installation.writeConfig(
    configWith({
      mirror: { package: 'junctor-channel-mirror', dmPolicy: 'open', url, nativeId: '1' },
    }),
  )
  await installation.start()
  await expect.poll(() => posted.length, { timeout: 20_000 }).toBe(1)
  expect(posted[0]).toContain('hello from the package')
})

it('keeps answering although the process of the package ends again and again', async () => {
  await install('junctor-channel-mirror', mirror)
  const settings = { package: 'junctor-channel-mirror', dmPolicy: 'open', url, nativeId: '1' }
  await installation.writeConfig(configWith({ mirror: { ...settings, crash: true } }))
  const gateway = await installation.start()
  await expect.poll(() => gateway.output(), { timeout: 20_000 }).toContain('exit code 1')
  expect(await accounts()).toContainEqual(['web', 'online', ''])
  await installation.writeConfig(configWith({ mirror: settings }))
  await expect.poll(() => posted.length, { timeout: 20_000 }).toBe(1)
})

it('refuses a package for another contract or that is missing, and runs the others', async () => {
  await install('junctor-channel-mirror', mirror.replace('channel-v1', 'channel-v9'))
  await installation.writeConfig(
    configWith({
      mirror: { package: 'junctor-channel-mirror', url, nativeId: '1' },
      lost: { package: 'junctor-channel-lost' },
    }),
  )
  await installation.start()
  const states = await accounts()
  expect(states).toContainEqual(['web', 'online', ''])
  expect(states).toContainEqual([
    'mirror',
    'disabled',
    expect.stringContaining('speaks channel-v9'),
  ])
  expect(states).toContainEqual([
    'lost',
    'disabled',
    expect.stringContaining('npm install --prefix'),
  ])
})

it('shows a package no secret of the gateway', async () => {
  await install(
    'junctor-channel-mirror',
    mirror.replace("text: 'hello from the package'", 'text: JSON.stringify(process.env)'),
  )
  await installation.writeConfig(
    configWith({
      mirror: { package: 'junctor-channel-mirror', dmPolicy: 'open', url, nativeId: '1' },
    }),
  )
  await installation.start({ env: { ANTHROPIC_API_KEY: 'planted-key' } })
  await expect.poll(() => posted.length, { timeout: 20_000 }).toBe(1)
  expect(posted[0]).toContain('{}')
  expect(posted[0]).not.toContain('planted-key')
})
