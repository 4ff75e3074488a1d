import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createNodeHub,
  keepNodeToken,
  runNode,
  socketAddress,
  type NodeEvent,
  type NodeHub,
} from '@junctor/node'
import { openSqliteStore } from '@junctor/store-sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'

let folder: string
let store: ReturnType<typeof openSqliteStore>
let hub: NodeHub
let server: Server
let url: string
const stops = new Set<() => Promise<unknown>>()

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'junctor-nodes-'))
  store = openSqliteStore({ stateDir: folder })
  hub = createNodeHub({ store })
  server = createServer((_request, response) => response.end())
  server.on('upgrade', (request, socket, head) => {
    if (!hub.upgrade(request, socket, head)) socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  await Promise.all([...stops].map((stop) => stop()))
  stops.clear()
  await hub.close()
  server.close()
  await store.close()
  await rm(folder, { recursive: true })
})

/** A node in this process, and what it says. */
async function startNode(name: string, more: { readonly allow?: readonly string[] } = {}) {
  const events: NodeEvent[] = []
  const stopping = new AbortController()
  const token = await keepNodeToken(join(folder, `${name}.token`))
  const ended = runNode({
    address: socketAddress(url),
    name,
    token,
    allow: [],
    folder,
    signal: stopping.signal,
    report: (event) => void events.push(event),
    ...more,
  }).then(
    () => 'ended',
    (error: Error) => error.message,
  )
  const stop = async (): Promise<string> => {
    stopping.abort()
    return ended
  }
  stops.add(stop)
  const saw = async <Type extends NodeEvent['type']>(type: Type) => {
    const isIt = (event: NodeEvent): event is Extract<NodeEvent, { type: Type }> =>
      event.type === type
    await expect.poll(() => events.some(isIt), { timeout: 20_000 }).toBe(true)
    return events.filter(isIt).at(-1)
  }
  return { ended, stop, saw }
}

async function pair(name: string, allow: readonly string[] = []) {
  const node = await startNode(name, { allow })
  const asked = await node.saw('pairing')
  await hub.approve(asked?.code ?? '')
  await node.saw('connected')
  return node
}

describe('pairing', () => {
  it('holds three requests at most, and keeps the code of a node that comes again', async () => {
    const nodes = await Promise.all(['a', 'b', 'c'].map((name) => startNode(name)))
    const codes = await Promise.all(nodes.map((node) => node.saw('pairing')))
    const fourth = await startNode('d')
    expect(await fourth.saw('disconnected')).toMatchObject({
      reason: expect.stringContaining('3 nodes wait to be paired already'),
    })
    expect((await hub.list()).requests.map(({ name }) => name).toSorted()).toEqual(['a', 'b', 'c'])
    await nodes[0]?.stop()
    const again = await (await startNode('a')).saw('pairing')
    expect(again?.code).toBe(codes[0]?.code)
  })

  it('takes a code once, however it is typed, and gives no name twice', async () => {
    const node = await startNode('mac')
    const { code = '' } = (await node.saw('pairing')) ?? {}
    const typed = ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)}`
    expect(await hub.approve(typed)).toMatchObject({
      name: 'mac',
      connectedSince: expect.any(Number),
    })
    await expect(hub.approve(code)).rejects.toMatchObject({ code: 'UNKNOWN_NODE_REQUEST' })
    const { value, forget } = await keepNodeToken(join(folder, 'mac.token'))
    await forget()
    const other = await startNode('mac')
    expect(await other.ended).toContain('the gateway has a node "mac" already')
    expect(value).not.toBe((await keepNodeToken(join(folder, 'mac.token'))).value)
  })

  it('lasts over a restart of the gateway, and a removed token never counts again', async () => {
    const node = await pair('mac')
    await node.stop()
    await expect.poll(async () => (await hub.list()).nodes[0]?.connectedSince).toBeUndefined()
    await hub.close()
    hub = createNodeHub({ store })
    await (await startNode('mac')).saw('connected')
    const { value } = await keepNodeToken(join(folder, 'mac.token'))
    await hub.remove('mac')
    await writeFile(join(folder, 'stolen.token'), value)
    expect(await (await startNode('stolen')).ended).toContain('the gateway removed this node')
    expect((await hub.list()).requests).toEqual([])
  })

  it('opens to no web page, and to nobody without a token', async () => {
    const status = async (headers: Readonly<Record<string, string>>): Promise<number> => {
      const socket = new WebSocket(socketAddress(url), { headers })
      const [, response] = await once(socket, 'unexpected-response')
      socket.on('error', () => {}).terminate()
      return response.statusCode
    }
    const authorization = `Bearer ${'a'.repeat(43)}`
    expect(await status({ authorization, origin: url })).toBe(403)
    expect(await status({})).toBe(401)
    expect(await status({ authorization: 'Bearer short' })).toBe(401)
  })

  it('tells addresses that are safe from those that are not', () => {
    expect(socketAddress('https://gate.example/junctor/').href).toBe(
      'wss://gate.example/junctor/api/v1/nodes/connect',
    )
    for (const local of ['http://127.0.0.1:8000', 'ws://localhost', 'http://[::1]:1'])
      expect(socketAddress(local).protocol).toBe('ws:')
    const plain = 'http://127.0.0.1.example:8000'
    expect(() => socketAddress(plain)).toThrow(/--insecure/)
    expect(socketAddress(plain, { insecure: true }).protocol).toBe('ws:')
    expect(() => socketAddress('gate.example:8000')).toThrow(/is not the address of a gateway/)
  })
})

describe('a node that is started twice', () => {
  it('goes on as the newer one', async () => {
    const first = await pair('mac')
    const second = await startNode('mac', { allow: ['true'] })
    await second.saw('connected')
    expect(await first.ended).toBe('the same node was started once more')
    const command = { program: 'true', args: [], timeoutMs: 60_000 }
    const end = await hub.run('mac', command, new AbortController().signal)
    expect(end).toMatchObject({ exitCode: 0 })
  })
})

describe('a command', () => {
  const forever = { program: 'sleep', args: ['300'], timeoutMs: 60_000 }

  it('is ended on the node when its turn is, and when the gateway goes', async () => {
    const node = await pair('mac', ['sleep'])
    const turn = new AbortController()
    const first = hub.run('mac', forever, turn.signal)
    await node.saw('command')
    turn.abort(new Error('the turn was stopped'))
    await expect(first).rejects.toThrow('the turn was stopped')
    await expect
      .poll(async () => (await node.saw('command'))?.outcome, { timeout: 20_000 })
      .toBe('stopped')

    const second = hub.run('mac', forever, new AbortController().signal)
    await expect
      .poll(async () => (await node.saw('command'))?.outcome, { timeout: 20_000 })
      .toBeUndefined()
    const lost = expect(second).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    await hub.close()
    await lost
    await expect
      .poll(async () => (await node.saw('command'))?.outcome, { timeout: 20_000 })
      .toBe('stopped')
  })

  it('is one of four at most', async () => {
    await pair('mac', ['sleep'])
    const turn = new AbortController()
    const five = Array.from({ length: 5 }, () => hub.run('mac', forever, turn.signal))
    await expect(Promise.race(five)).rejects.toMatchObject({
      code: 'NODE_REFUSED',
      message: expect.stringContaining('4 commands run there already'),
    })
    turn.abort(new Error('enough'))
    await Promise.allSettled(five)
  })
})
