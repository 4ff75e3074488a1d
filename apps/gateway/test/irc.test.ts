import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Status } from '@junctor/api'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createInstallation, type Installation } from './installation.ts'

// A real IRC server from Debian's packages, and a channel package that only knows published names.
const ngircd = '/usr/sbin/ngircd'
const example = fileURLToPath(new URL('../../../examples/channel-irc', import.meta.url))

let folder: string
let port: number
let server: ChildProcess | undefined
let installation: Installation
const people: Socket[] = []

beforeEach(async (context) => {
  if (!existsSync(ngircd)) context.skip('ngircd is not installed')
  folder = await mkdtemp(join(tmpdir(), 'junctor-irc-'))
  port = await freePort()
  await startServer()
  installation = await createInstallation({
    gateway: { port: 0 },
    agents: { list: [{ id: 'home', model: 'demo/junctor' }] },
    session: { dmScope: 'per-peer' },
    channels: {
      web: { enabled: false },
      irc: {
        package: 'junctor-channel-irc',
        dmPolicy: 'allowlist',
        allowFrom: ['alice'],
        groupPolicy: 'open',
        host: '127.0.0.1',
        port,
        tls: false,
        nick: 'robot',
        password: 'fake-server-password',
        rooms: ['#family'],
      },
    },
  })
  await mkdir(join(installation.stateDir, 'node_modules'), { recursive: true })
  await symlink(example, join(installation.stateDir, 'node_modules/junctor-channel-irc'))
})

afterEach(async () => {
  for (const person of people.splice(0)) person.destroy()
  await installation?.close()
  await stopServer()
  if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

async function startServer(): Promise<void> {
  const file = join(folder, 'ngircd.conf')
  const settings = [
    '[Global]',
    'Name = irc.example.test',
    'Info = a test',
    'Listen = 127.0.0.1',
    `Ports = ${port}`,
    'Password = fake-server-password',
    '[Limits]',
    'MaxConnectionsIP = 0',
    '[Options]',
    'Ident = no',
    'DNS = no',
    'PAM = no',
  ]
  await writeFile(file, `${settings.join('\n')}\n`)
  const child = spawn(ngircd, ['-n', '-f', file], { stdio: 'ignore' })
  server = child
  for (;;) {
    if (child.exitCode !== null) throw new Error(`ngircd ended with ${child.exitCode}`)
    if (await canConnect()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function stopServer(): Promise<void> {
  if (server === undefined || server.exitCode !== null || server.signalCode !== null) return
  const ended = once(server, 'exit')
  server.kill('SIGKILL')
  await ended
}

function canConnect(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port: free } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return free
}

interface Person {
  say(target: string, text: string): void
  /** Resolves with the first line that matches, from now or before. */
  hears(pattern: RegExp): Promise<string>
}

async function enter(nick: string): Promise<Person> {
  const socket = connect(port, '127.0.0.1')
  people.push(socket)
  const heard: string[] = []
  let rest = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\r\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      heard.push(line)
      if (line.startsWith('PING')) socket.write(line.replace('PING', 'PONG') + '\r\n')
    }
  })
  const hears = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const line = heard.find((candidate) => pattern.test(candidate))
      if (line !== undefined) return line
      await once(socket, 'data')
    }
  }
  socket.write(`PASS fake-server-password\r\nNICK ${nick}\r\nUSER ${nick} 0 * :${nick}\r\n`)
  await hears(/ 001 /)
  socket.write('JOIN #family\r\n')
  await hears(/ 366 /)
  return { say: (target, text) => void socket.write(`PRIVMSG ${target} :${text}\r\n`), hears }
}

const ircState = async (): Promise<string | undefined> =>
  ((await installation.json('status', '--json')) as Status).channels.find(
    ({ channel }) => channel === 'irc',
  )?.state

it('answers on a real IRC server: in a room, in private, and not whom nobody let in', async () => {
  await installation.start()
  const alice = await enter('alice')
  const mallory = await enter('mallory')
  alice.say('#family', 'robot: is there tea?')
  expect(await alice.hears(/^:robot!\S+ PRIVMSG #family /)).toContain(':')
  await alice.hears(/PRIVMSG #family .*is there tea/)
  mallory.say('robot', 'let me in')
  alice.say('robot', 'just between us')
  await alice.hears(/^:robot!\S+ PRIVMSG alice .*just between us/)
  const why = await installation.run('status', '--json')
  expect(JSON.parse(why.stdout)).toMatchObject({ refusals: 1 })
})

it('comes back by itself when the server was away', async () => {
  await installation.start()
  await stopServer()
  await expect.poll(ircState, { timeout: 20_000 }).not.toBe('online')
  await startServer()
  await expect.poll(ircState, { timeout: 30_000 }).toBe('online')
  const alice = await enter('alice')
  alice.say('robot', 'welcome back')
  await alice.hears(/^:robot!\S+ PRIVMSG alice .*welcome back/)
})
