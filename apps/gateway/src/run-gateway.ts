import { access, mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createApi, createAuth } from '@junctor/api'
import { configJsonSchema, type Config } from '@junctor/config'
import { configPaths } from '@junctor/config/file'
import { createNodeHub } from '@junctor/node'
import { openSqliteStore } from '@junctor/store-sqlite'
import { assembleGateway } from './assemble.ts'
import { describeStart } from './banner.ts'
import type { CliContext } from './context.ts'
import { credentialStates } from './auth/list-profiles.ts'
import { createControl } from './control.ts'
import { createReloader } from './reload.ts'
import { loadConfig } from './load-config.ts'
import { createLog } from './log.ts'
import { secretsOf } from './secrets.ts'
import { serve } from './serve.ts'
import { prepareAgents } from './starter/prepare-agents.ts'
import { starterConfig } from './starter/starter-config.ts'
import { createWorkbenches } from './workbenches.ts'
import {
  ensureToken,
  forgetRunning,
  noteRunning,
  prepareStateDir,
  tokenPath,
} from './state-files.ts'

export interface RunOptions {
  readonly port?: number
  readonly logLevel?: string
}

/** Names under which browsers may call; any other is a site that wants to use a visitor's browser. */
const loopbackHosts = ['127.0.0.1', '[::1]', 'localhost']

/** Runs the reference gateway until SIGINT or SIGTERM. Resolves when everything has been handed back and closed. */
export async function runGateway(context: CliContext, options: RunOptions): Promise<void> {
  const { configPath, stateDir } = configPaths(context)
  await prepareStateDir(stateDir)
  const isFirstStart = await writeStarterConfig(configPath)
  const { config, files, reading } = await loadConfig(context, { warn: context.error })
  const { token, isNew: isNewToken } = await ensureToken(stateDir)
  const secrets = new Set([token, ...secretsOf(config, context.env)])
  const level = options.logLevel ?? 'info'
  const log = await createLog({ isTerminal: context.isTerminal, level, secrets })
  await prepareAgents(config)

  const store = openSqliteStore({ stateDir, durability: config.store.durability })
  const packageFolders = [stateDir, dirname(configPath)]
  const watching = new AbortController()
  const { signal } = watching
  const warn = (problem: string): void => log.warn({}, problem)
  const workbenches = createWorkbenches(stateDir, { signal, warn })
  const nodes = createNodeHub({ store, log })
  const gateway = assembleGateway({
    config,
    store,
    log,
    env: context.env,
    packageFolders,
    workbenches,
    stateDir,
    secrets,
    nodes,
  })
  const attest = async (of: Config): Promise<void> => {
    await workbenches.attest(of)
    const { problem } = workbenches.attestation()
    if (problem !== undefined) log.error({ problem }, 'tools of sandboxed agents are refused')
  }
  const reloader = createReloader({
    context,
    gateway,
    secrets,
    config,
    log,
    signal,
    reloaded: (next) => void attest(next),
  })
  const control = createControl({
    gateway,
    nodes,
    version: context.version,
    configPath,
    problem: reloader.problem,
    sandboxes: async () => {
      const list = await workbenches.states().catch(() => [])
      const { tried, problem } = workbenches.attestation()
      if (problem === undefined && list.length + tried.length === 0) return undefined
      return { tried, list, ...(problem === undefined ? {} : { problem }) }
    },
    credentials: () => credentialStates(gateway.config(), context),
    stateDir,
    home: context.home,
  })
  const auth = createAuth({ token, sessions: store.gateway.table('web-sessions') })
  const { host, port, allowedHosts } = config.gateway
  const api = createApi({
    control,
    auth,
    log,
    allowedHosts: [...loopbackHosts, host, ...allowedHosts],
    publicChannels: (channel) => channel !== 'web',
    configSchema: configJsonSchema(),
  })
  const stopped = waitForStop()
  // When nobody reads its output any more (`junctor start | head`), the gateway goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  const listening = serve({
    host,
    port: options.port ?? port,
    fetch: api.fetch,
    upgrade: nodes.upgrade,
  })
  const server = await listening.catch(async (error: unknown) => {
    watching.abort()
    await gateway.stop()
    await nodes.close()
    await store.close()
    throw error
  })
  try {
    await gateway.start()
    const demo = gateway.agents().filter(({ model }) => model.startsWith('demo/'))
    if (demo.length > 0)
      log.warn({ agents: demo.map(({ id }) => id) }, 'the demo model answers, not a real one')
    void attest(config)
    await noteRunning(stateDir, { pid: process.pid, url: server.url })
    reloader.follow(files)
    const loginUrl = auth.createLoginLink(server.url).url
    const { url } = server
    const newToken = isNewToken ? { token, path: tokenPath(stateDir) } : undefined
    const { command } = context
    const facts = {
      command,
      gateway,
      config,
      reading,
      configPath,
      isFirstStart,
      newToken,
      url,
      loginUrl,
    }
    for (const line of describeStart(facts)) context.print(line)
    log.info({ signal: await stopped }, 'stopping: running turns may finish')
  } finally {
    watching.abort()
    await gateway.stop()
    await nodes.close()
    await server.close()
    await store.close()
    await forgetRunning(stateDir)
  }
}

async function writeStarterConfig(configPath: string): Promise<boolean> {
  try {
    await access(configPath)
    return false
  } catch {
    await mkdir(dirname(configPath), { recursive: true, mode: 0o700 })
    await writeFile(configPath, starterConfig, { flag: 'wx', mode: 0o600 })
    return true
  }
}

function waitForStop(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
}
