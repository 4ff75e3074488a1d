import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ensureTestImage } from '@junctor/testkit/docker'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import {
  createTelegramServer,
  type TelegramBot,
  type TelegramServer,
} from '@junctor/testkit/telegram'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createInstallation, type Installation } from './installation.ts'

const found = await ensureTestImage()
const token = '1000:fake-token-of-the-commands'
const chat = 7
const patience = { timeoutMs: 60_000 }

let platform: TelegramServer
let models: ModelServer
let bot: TelegramBot
let installation: Installation

beforeEach(async () => {
  platform = await createTelegramServer({ bots: [{ token, username: 'command_bot' }] })
  models = await createModelServer()
  bot = platform.bot(token)
  installation = await createInstallation()
})
afterEach(async () => {
  if ('image' in found) await installation.run('sandbox', 'recreate', '--all')
  await installation.close()
  await Promise.all([platform.stop(), models.close()])
})

function configOf(sandbox: object): object {
  return {
    gateway: { port: 0 },
    agents: { list: [{ id: 'main', model: 'anthropic/claude-test', sandbox }] },
    channels: { telegram: { botToken: token, apiRoot: platform.url, allowFrom: [String(chat)] } },
    models: {
      providers: { anthropic: { baseUrl: models.baseUrl('anthropic'), apiKey: 'fake-key' } },
    },
  }
}

const said = (): readonly string[] =>
  bot
    .messages(chat)
    .filter(({ message }) => message.from?.is_bot === true)
    .map(({ text }) => text)

describe('a gateway that is killed while a command runs', () => {
  it.for(['off', 'all'])(
    'does not run it again, tells the agent that nobody knows, and answers once (sandbox.mode "%s")',
    { timeout: 150_000 },
    async (mode, context) => {
      if (mode === 'all' && 'missing' in found) return context.skip(found.missing)
      const docker = { image: 'image' in found ? found.image : '' }
      const sandbox = { mode, workspaceAccess: 'rw', docker }
      await installation.writeConfig(configOf(sandbox))
      const command =
        'echo ran >> ran.txt; while [ ! -e end.txt ] && [ -e ran.txt ]; do sleep 0.1; done'
      const told: string[] = []
      models.respond(({ toolResults: [result], lastUserText }) => {
        if (result !== undefined) told.push(result.output)
        if (result !== undefined || lastUserText !== 'go') return { text: `heard ${lastUserText}` }
        return { tools: [{ name: 'exec', input: { command, yieldMs: 100_000 } }] }
      })
      const workspace = join(installation.stateDir, 'workspace')
      const ran = (): Promise<string> =>
        readFile(join(workspace, 'ran.txt'), 'utf8').catch(() => '')

      const first = await installation.start()
      bot.say({ chat, text: 'go' })
      await expect.poll(ran, { timeout: 60_000 }).toBe('ran\n')
      await first.kill()
      await installation.start()
      await platform.waitFor(() => said().includes('heard go'), patience)
      bot.say({ chat, text: 'last' })
      await platform.waitFor(() => said().includes('heard last'), patience)

      expect(await ran()).toBe('ran\n')
      expect(told[0]).toMatch(/Nobody knows whether it took effect. It was not repeated/)
      expect(said()).toEqual(['heard go', 'heard last'])
      // Nobody watches it any more: it ends by this.
      await writeFile(join(workspace, 'end.txt'), '')
    },
  )
})
