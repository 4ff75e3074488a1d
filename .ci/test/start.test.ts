import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from './workspace.ts'

const place = mkdtempSync(join(tmpdir(), 'junctor-start-'))
const launcher = join(place, 'launch.mjs')

const gateway = `
import { setInterval } from 'node:timers'
const [command, ...rest] = process.argv.slice(2)
if (rest[0] === 'fail') process.exit(5)
const alive = setInterval(() => {}, 1000)
process.on('SIGTERM', () => { console.log('SIGTERM'); clearInterval(alive); process.exitCode = 7 })
process.on('SIGINT', () => { console.log('SIGINT'); clearInterval(alive); process.exitCode = 8 })
console.log('ready', command, ...rest)
`

beforeAll(() => {
  mkdirSync(join(place, 'apps/gateway/src'), { recursive: true })
  writeFileSync(join(place, 'package.json'), '{"type":"module"}')
  writeFileSync(join(place, 'apps/gateway/src/bin.ts'), gateway)
  const start = pathToFileURL(join(root, '.ci/start.mjs')).href
  const [where, node] = [place, process.execPath].map((text) => JSON.stringify(text))
  writeFileSync(
    launcher,
    `import { start } from '${start}'\nstart(${where}, ${node}, process.argv.slice(2))\n`,
  )
})

afterAll(() => rmSync(place, { recursive: true, force: true }))

describe('npm start', () => {
  it.each([
    ['SIGTERM', 7],
    ['SIGINT', 8],
  ] as const)('hands %s to the gateway and ends with its exit code', async (signal, code) => {
    const { child, firstLine, rest } = launch('--port', '0')
    expect(await firstLine).toBe('ready start --port 0\n')
    child.kill(signal)
    const [exitCode] = await once(child, 'close')
    expect(exitCode).toBe(code)
    expect(rest()).toBe(`${signal}\n`)
  })

  it('fails as the gateway fails', async () => {
    const { child } = launch('fail')
    const [exitCode] = await once(child, 'close')
    expect(exitCode).toBe(5)
  })

  it('ends by the signal that ended the gateway', async () => {
    const { child, firstLine } = launch()
    await firstLine
    child.kill('SIGHUP')
    const [exitCode, signal] = await once(child, 'close')
    expect([exitCode, signal]).toEqual([null, 'SIGHUP'])
  })
})

interface Launched {
  readonly child: ChildProcess
  readonly firstLine: Promise<string>
  /** What followed the first line so far. */
  readonly rest: () => string
}

function launch(...args: readonly string[]): Launched {
  const child = spawn(process.execPath, [launcher, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const chunks: string[] = []
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk))
  const firstLine = once(child.stdout, 'data').then(([chunk]) => String(chunk))
  return { child, firstLine, rest: () => chunks.slice(1).join('') }
}
