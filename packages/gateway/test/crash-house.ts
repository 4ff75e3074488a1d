import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openSqliteStore } from '@junctor/store-sqlite'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import {
  createTelegramServer,
  type TelegramBot,
  type TelegramServer,
} from '@junctor/testkit/telegram'
import { expect } from 'vitest'
import type { CrashOptions } from './crashing-gateway.ts'

const token = '1000:fake-token'
const script = fileURLToPath(new URL('crashing-gateway.ts', import.meta.url))
const patience = { timeoutMs: 20_000 }

/** A state directory for gateways that end themselves, and the world that outlives them. */
export interface CrashHouse {
  readonly stateDir: string
  readonly token: string
  readonly platform: TelegramServer
  readonly models: ModelServer
  readonly bot: TelegramBot
  /** How often the tool ran that must not run twice. */
  charges(): number
  configWith(more?: object): object
  spawn(options?: Partial<CrashOptions>): ChildProcess
  /** Resolves when the process has killed itself. */
  ended(child: ChildProcess): Promise<void>
  /** Kills the process. */
  stop(child: ChildProcess): Promise<void>
  /** What person 7 was answered, oldest first. */
  answers(): readonly string[]
  untilAnswered(text: string): Promise<void>
  /** A second message, answered, shows that nothing of the first is still to come. */
  settled(): Promise<void>
  /** Of the agent `main`, by its store. */
  unknownDeliveries(): Promise<number>
  close(): Promise<void>
}

export async function openCrashHouse(): Promise<CrashHouse> {
  const stateDir = await mkdtemp(join(tmpdir(), 'junctor-crash-'))
  const platform = await createTelegramServer({ bots: [{ token, username: 'crash_bot' }] })
  const models = await createModelServer()
  models.respond(({ lastUserText }) => ({ text: `answer to ${lastUserText}` }))
  const bot = platform.bot(token)
  const children: ChildProcess[] = []
  let charges = 0

  const house: CrashHouse = {
    stateDir,
    token,
    platform,
    models,
    bot,
    charges: () => charges,
    configWith: (more = {}) => ({
      agents: { list: [{ id: 'main', model: 'anthropic/claude-test' }] },
      session: { dmScope: 'per-peer' },
      channels: {
        telegram: { dmPolicy: 'open', botToken: token, apiRoot: platform.url },
      },
      models: {
        providers: { anthropic: { baseUrl: models.baseUrl('anthropic'), apiKey: 'fake-key' } },
      },
      ...more,
    }),
    spawn(options = {}) {
      const argument = JSON.stringify({ stateDir, config: house.configWith(), ...options })
      const child = fork(script, [argument], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      child.on('message', (message) => {
        if (typeof message === 'object' && 'charged' in message) charges += 1
      })
      children.push(child)
      return child
    },
    async ended(child) {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      expect(child.signalCode).toBe('SIGKILL')
    },
    stop(child) {
      child.kill('SIGKILL')
      return house.ended(child)
    },
    answers: () =>
      bot
        .messages(7)
        .filter(({ message }) => message.from?.is_bot === true)
        .map(({ text }) => text),
    untilAnswered: (text) => platform.waitFor(() => house.answers().includes(text), patience),
    async settled() {
      bot.say({ chat: 7, text: 'last' })
      await house.untilAnswered('answer to last')
    },
    async unknownDeliveries() {
      const store = openSqliteStore({ stateDir, mode: 'read-only' })
      try {
        return (await store.agent('main').counts()).unknownDeliveries
      } finally {
        await store.close()
      }
    },
    async close() {
      for (const child of children) child.kill('SIGKILL')
      await Promise.all([platform.stop(), models.close()])
      await rm(stateDir, { recursive: true, force: true })
    },
  }
  return house
}
