import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))

/** A gateway that a browser is to log in to. */
export interface BrowsedGateway {
  /** Works once. */
  readonly loginUrl: string
  /** SIGTERM; resolves when the process has ended. */
  stop(): Promise<void>
}

/** Starts the command line on a state directory, with the config that is there or a starter's. */
export async function startForBrowser(stateDir: string): Promise<BrowsedGateway> {
  const gateway = spawn(process.execPath, [bin, 'start', '--port', '0', '--log-level', 'warn'], {
    env: { PATH: process.env['PATH'], JUNCTOR_STATE_DIR: stateDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return { loginUrl: await loginUrlOf(gateway), stop: () => end(gateway) }
}

async function loginUrlOf(gateway: ChildProcess): Promise<string> {
  let output = ''
  for await (const chunk of gateway.stdout ?? []) {
    output += String(chunk)
    const url = /http:\/\/\S+\/login\/\S+/.exec(output)?.[0]
    if (url !== undefined) return url
  }
  throw new Error(`The gateway ended and said: ${output}`)
}

async function end(gateway: ChildProcess): Promise<void> {
  gateway.kill('SIGTERM')
  await once(gateway, 'exit')
}
