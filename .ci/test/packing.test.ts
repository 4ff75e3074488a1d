import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runChild, type Outcome } from './child.ts'
import { buildAll, packAll, unpack, type Tarball } from './tarballs.ts'
import { publishedPackages, root, type Manifest } from './workspace.ts'

const folder = mkdtempSync(join(tmpdir(), 'junctor-packing-'))
const names = publishedPackages().map(({ manifest }) => manifest.name)
const tarballs = new Map<string, Tarball>()

/** The code of a package of the pure core, unpacked, without declarations. A bot embeds it whole. */
const codeBudgetBytes: Readonly<Record<string, number>> = {
  '@junctor/errors': 2_000,
  '@junctor/session-key': 12_000,
  '@junctor/router': 56_000,
  '@junctor/tool-policy': 16_000,
  '@junctor/config': 290_000,
}

let build: Outcome

beforeAll(async () => {
  build = await buildAll()
  for (const packed of await packAll(join(folder, 'tarballs'))) {
    tarballs.set(packed.source.manifest.name, packed)
  }
}, 300_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }), 120_000)

it('every package can be built', () => {
  expect(build.code, build.output).toBe(0)
})

describe.each(names)('the packed %s', (name) => {
  it('holds its built entry points, its README and its licence, and no tests', async () => {
    const { files } = await contents(name)
    expect(files).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE']))
    const unbuilt = /\.test\.|(^|\/)(test|bench|src)\//
    // What `junctor channels new` copies is for others to build and test.
    const own = files.filter((file) => !file.startsWith('template/'))
    expect(own.filter((file) => unbuilt.test(file))).toEqual([])
    expect(own.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([])
  })

  it('names released versions and built files only', async () => {
    const { manifest, text, read } = await contents(name)
    expect(text).not.toMatch(/"(workspace|catalog|link|file):/)
    expect(manifest).toMatchObject({ license: 'MIT', type: 'module', version: expect.any(String) })
    const targets = Object.values(manifest.exports ?? {}).flatMap((target) => Object.values(target))
    for (const target of [...targets, ...Object.values(manifest.bin ?? {})]) {
      expect(target).toMatch(/^\.\/dist\//)
      expect(read(target), target).not.toBe('')
    }
  })

  it('is in order for publint', async () => {
    const { path } = tarball(name)
    const bytes = readFileSync(path)
    const { messages, pkg } = await publint({
      pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
      strict: true,
    })
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([])
  })

  it('gives TypeScript the types of what it runs', async () => {
    const attw = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js')
    const args = [attw, tarball(name).path, '--profile', 'esm-only', '--format', 'ascii']
    const { code, output } = await runChild(process.execPath, args, { cwd: folder })
    expect(code, output).toBe(0)
  })
})

describe('the size of the pure core', () => {
  it.each(Object.entries(codeBudgetBytes))('keeps %s under %d bytes', async (name, budgetBytes) => {
    const { files, folder: unpacked } = await contents(name)
    const code = files.filter((file) => file.endsWith('.js'))
    expect(code.length).toBeGreaterThan(0)
    const bytes = code.map((file) => statSync(join(unpacked, file)).size)
    expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(budgetBytes)
  })
})

describe('an installation from the tarballs', () => {
  it('needs nothing from others for the router', async () => {
    const place = join(folder, 'router-only')
    const needed = ['@junctor/errors', '@junctor/session-key', '@junctor/router']
    await install(place, needed, ['--offline'])
    const scopes = readdirSync(join(place, 'node_modules')).filter((name) => !name.startsWith('.'))
    expect(scopes).toEqual(['@junctor'])
    expect(readdirSync(join(place, 'node_modules/@junctor')).toSorted()).toEqual(
      needed.map((name) => name.replace('@junctor/', '')).toSorted(),
    )
    const result = await importAll(process.execPath, place, needed)
    expect(result.code, result.output).toBe(0)
  })

  it('imports every entry point and runs the command', async (context) => {
    const place = join(folder, 'everything')
    const failure = await install(place, names, ['--prefer-offline']).then(
      () => undefined,
      (error: unknown) => String(error),
    )
    if (failure !== undefined && isOffline(failure)) {
      context.skip('the registry cannot be reached, so third-party packages are missing')
    }
    expect(failure).toBeUndefined()
    const result = await importAll(process.execPath, place, specifiers(names))
    expect(result.code, result.output).toBe(0)

    const command = join(place, 'node_modules/.bin/junctor')
    expect(readFileSync(command, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    const path = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter)
    const help = await runChild(command, ['--help'], { cwd: place, env: { PATH: path } })
    expect(help.code, help.output).toBe(0)
    expect(help.stdout).toContain('junctor')
  }, 180_000)

  it('starts the gateway, which answers', async (context) => {
    const place = join(folder, 'everything')
    const command = join(place, 'node_modules/.bin/junctor')
    if (!existsSync(command)) return context.skip('the packages could not be installed')
    const stateDir = join(folder, 'state')
    const path = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter)
    const gateway = spawn('npx', ['junctor', 'start', '--port', '0'], {
      cwd: place,
      env: { PATH: path, HOME: folder, JUNCTOR_STATE_DIR: stateDir },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const ended = once(gateway, 'exit')
    try {
      const url = await addressOf(gateway)
      const token = readFileSync(join(stateDir, 'gateway.token'), 'utf8').trim()
      expect(await ask(url, token, 'Is anybody there?')).toContain('[demo model] I am Home')
    } finally {
      // npx passes no signal on to what it runs, so the whole group gets it.
      if (gateway.pid !== undefined && gateway.exitCode === null)
        process.kill(-gateway.pid, 'SIGTERM')
      await ended
    }
  })

  it('imports the pure core and the contracts under Node 20', async (context) => {
    const node20 = await olderNode()
    if (node20 === undefined) return context.skip('no Node between 20 and 23 on the PATH')
    const promised = publishedPackages().filter(
      ({ manifest }) => manifest.engines?.['node'] === '>=20',
    )
    const own = promised.map(({ manifest }) => manifest.name)
    const place = join(folder, 'everything')
    const usable = own.filter((name) => existsSync(join(place, 'node_modules', name)))
    if (usable.length === 0) return context.skip('the packages could not be installed')
    expect(usable).toEqual(own)
    const result = await importAll(node20, place, specifiers(own))
    expect(result.code, result.output).toBe(0)
  })

  it('tells an older Node what the command needs', async (context) => {
    const node20 = await olderNode()
    const command = join(folder, 'everything/node_modules/junctor/dist/bin.js')
    if (node20 === undefined) return context.skip('no Node between 20 and 23 on the PATH')
    if (!existsSync(command)) return context.skip('the packages could not be installed')
    const result = await runChild(node20, [command, '--version'], { cwd: folder })
    expect(result.code).toBe(1)
    expect(result.output).toMatch(/^junctor needs Node 24/)
  })
})

/** Leaves the output open: a program whose output is closed may end. */
function addressOf(gateway: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    const read = (chunk: unknown): void => {
      output += String(chunk)
      const url = /running at (\S+)/.exec(output)?.[1]
      if (url !== undefined) resolve(url)
    }
    gateway.stdout?.on('data', read)
    gateway.stderr?.on('data', read)
    gateway.on('exit', () => reject(new Error(`The gateway did not start: ${output}`)))
  })
}

/** Writes to the web page's address as a program and waits for the answer. */
async function ask(url: string, token: string, text: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const posted = await fetch(new URL('/channels/web/default/messages', url), {
    method: 'POST',
    headers,
    body: JSON.stringify({ id: 'first-message', text, conversation: 'owner' }),
  })
  expect(posted.status).toBe(200)
  const query = 'channel=web&accountId=default&peerKind=dm&peerId=owner&limit=10'
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const response = await fetch(new URL(`/api/v1/conversation?${query}`, url), { headers })
    const { entries } = (await response.json()) as {
      entries: { direction: string; text: string }[]
    }
    const answer = entries.find(({ direction }) => direction === 'out')
    if (answer !== undefined) return answer.text
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('No answer came')
}

interface Contents {
  readonly folder: string
  readonly files: readonly string[]
  readonly text: string
  readonly manifest: Manifest
  readonly read: (path: string) => string
}

async function contents(name: string): Promise<Contents> {
  const place = join(folder, 'unpacked', name)
  const files = await unpack(tarball(name), place)
  const unpacked = join(place, 'package')
  const read = (path: string): string => readFileSync(join(unpacked, path), 'utf8')
  const text = read('package.json')
  return { folder: unpacked, files, text, manifest: JSON.parse(text) as Manifest, read }
}

function tarball(name: string): Tarball {
  const found = tarballs.get(name)
  if (found === undefined) throw new Error(`${name} was not packed`)
  return found
}

async function install(
  place: string,
  packages: readonly string[],
  options: readonly string[],
): Promise<void> {
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'package.json'), '{"name":"newcomer","private":true,"type":"module"}\n')
  const paths = packages.map((name) => tarball(name).path)
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']
  const { code, output } = await runChild('npm', ['install', ...quiet, ...options, ...paths], {
    cwd: place,
    timeoutMs: 170_000,
  })
  if (code !== 0) throw new Error(output)
}

function isOffline(message: string): boolean {
  return /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTCACHED/.test(message)
}

function specifiers(packages: readonly string[]): readonly string[] {
  return publishedPackages()
    .filter(({ manifest }) => packages.includes(manifest.name))
    .flatMap(({ manifest }) => {
      const published = manifest.publishConfig?.exports ?? {}
      return Object.keys(published).map((subpath) => manifest.name + subpath.slice(1))
    })
}

function importAll(node: string, place: string, list: readonly string[]): Promise<Outcome> {
  const input = list.map(importOf).join('\n')
  return runChild(node, ['--input-type=module', '-'], { cwd: place, input })
}

function importOf(specifier: string): string {
  const attributes = specifier.endsWith('.json') ? ", { with: { type: 'json' } }" : ''
  return `await import('${specifier}'${attributes})`
}

/** A Node that is older than the pinned one, as the libraries promise to support. */
async function olderNode(): Promise<string | undefined> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const node = join(directory, 'node')
    if (!existsSync(node)) continue
    const { stdout } = await runChild(node, ['--version'], { cwd: root })
    if (/^v2[0-3]\./.test(stdout)) return node
  }
  return undefined
}
