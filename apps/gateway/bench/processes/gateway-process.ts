import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const fromSources = fileURLToPath(new URL('../../src/bin.ts', import.meta.url))

export interface Installation {
  readonly stateDir: string
  readonly configPath: string
  remove(): void
}

export interface InstallationOptions {
  readonly token: string
  readonly telegramUrl: string
  readonly modelUrl: string
  /** Default: one, `main`. */
  readonly agents?: readonly string[]
}

/** A home for one gateway: a Telegram account, the web page, agents, everything else as it comes. */
export function makeInstallation(options: InstallationOptions): Installation {
  const stateDir = mkdtempSync(join(tmpdir(), 'junctor-bench-'))
  const configPath = join(stateDir, 'junctor.json')
  const { token, telegramUrl, modelUrl, agents = ['main'] } = options
  const config = {
    agents: { list: agents.map((id) => ({ id, model: 'anthropic/claude-test' })) },
    session: { dmScope: 'per-account-channel-peer' },
    channels: {
      telegram: { dmPolicy: 'open', accounts: { main: { botToken: token, apiRoot: telegramUrl } } },
      web: {},
    },
    models: { providers: { anthropic: { baseUrl: modelUrl, apiKey: 'fake-key' } } },
  }
  writeFileSync(configPath, JSON.stringify(config, undefined, 2))
  return {
    stateDir,
    configPath,
    remove: () => rmSync(stateDir, { recursive: true, force: true }),
  }
}

export interface StartOptions {
  readonly bin?: string
  readonly nodeOptions?: readonly string[]
  /** Where compiled code is kept between starts. Default: in the installation, so that its first start has none. */
  readonly compileCache?: string
}

/** The command that a person runs. Its log goes to standard error. */
export function startGateway(
  { stateDir, configPath }: Installation,
  {
    bin = fromSources,
    nodeOptions = [],
    compileCache = join(stateDir, 'cache'),
  }: StartOptions = {},
): ChildProcess {
  return spawn(
    process.execPath,
    [...nodeOptions, bin, 'start', '--port', '0', '--log-level', 'warn'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        HOME: stateDir,
        JUNCTOR_CONFIG_PATH: configPath,
        JUNCTOR_STATE_DIR: stateDir,
        NODE_COMPILE_CACHE: compileCache,
      },
    },
  )
}

/** Resolves when it says where it runs. */
export function whenRunning(gateway: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ''
    gateway.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes('is running at')) resolve()
    })
    gateway.once('exit', () => reject(new Error(`The gateway ended before it ran:\n${output}`)))
  })
}
