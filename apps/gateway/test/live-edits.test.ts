import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import { createTelegramServer, type TelegramServer } from '@junctor/testkit/telegram'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createInstallation, type Installation, type RunningGateway } from './installation.ts'
import { createEdits, type Edit } from './random-edits.ts'

const EDITS = 200
const CHATS = [11, 12, 13, 14, 15, 16]
/** Every valid edit changes something. */
const applied = /config reloaded: /g
const refused = /the edited config is not in force/g
const tokens = {
  steady: '1000:fake-token-that-stays-as-it-is',
  moving: '2000:fake-token-that-comes-and-goes',
}

describe('a running gateway under 200 random edits, a third of them invalid, while people write', () => {
  let platform: TelegramServer
  let models: ModelServer
  let installation: Installation
  let gateway: RunningGateway
  let sessionsBefore: ReadonlyMap<string, string>
  const said: {
    readonly bot: keyof typeof tokens
    readonly chat: number
    readonly text: string
  }[] = []
  const seen = { applied: 0, refused: 0 }

  const say = (bot: keyof typeof tokens, chat: number): void => {
    const text = `message ${said.length} to ${bot}`
    said.push({ bot, chat, text })
    platform.bot(tokens[bot]).say({ chat, text })
  }
  const answersTo = ({ bot, chat, text }: (typeof said)[number]): readonly string[] =>
    platform
      .bot(tokens[bot])
      .messages(chat)
      .filter(
        ({ message, text: answer }) =>
          message.from?.is_bot === true && answer.endsWith(`: ${text}`),
      )
      .map(({ text: answer }) => answer)
  const untilAllAnswered = (): Promise<unknown> =>
    platform.waitFor(() => said.every((message) => answersTo(message).length > 0), {
      timeoutMs: 60_000,
    })
  const count = (pattern: RegExp): number => gateway.output().match(pattern)?.length ?? 0
  const untilCounted = async (pattern: RegExp, least: number): Promise<void> => {
    while (count(pattern) < least)
      await new Promise((resolve) => gateway.process.stderr?.once('data', resolve))
  }
  const sessions = async (): Promise<ReadonlyMap<string, string>> => {
    const list = (await installation.json('sessions', 'list', '--json')) as readonly {
      readonly sessionKey: string
      readonly sessionId: string
    }[]
    return new Map(list.map(({ sessionKey, sessionId }) => [sessionKey, sessionId]))
  }

  /** Every file of the edit, the config last, half of the times as an editor that puts a new file in the old one's place. */
  const write = async ({ files, isAtomic }: Edit): Promise<void> => {
    for (const [name, text] of files) {
      const path = join(installation.directory, name)
      await writeFile(isAtomic ? `${path}.new` : path, text)
      if (isAtomic) await rename(`${path}.new`, path)
    }
  }

  beforeAll(async () => {
    platform = await createTelegramServer({
      bots: [
        { token: tokens.steady, username: 'steady_bot' },
        { token: tokens.moving, username: 'moving_bot' },
      ],
    })
    models = await createModelServer()
    models.respond(({ system, lastUserText }) => ({
      text: `${/agent id: (\w+)/.exec(system ?? '')?.[1]}: ${lastUserText}`,
      chunkSize: 8,
      chunkDelayMs: 5,
    }))
    installation = await createInstallation()
    const edits = createEdits({
      seed: 7,
      tokens,
      apiRoot: platform.url,
      baseUrl: models.baseUrl('anthropic'),
    })
    await write(edits.whole(0))
    gateway = await installation.start()
    for (const chat of CHATS) {
      say('steady', chat)
      say('moving', chat)
    }
    await untilAllAnswered()
    sessionsBefore = await sessions()

    for (let number = 1; number <= EDITS; number += 1) {
      const edit = number === EDITS ? edits.whole(number) : edits.next(number)
      await write(edit)
      for (const bot of ['steady', 'moving'] as const)
        say(bot, CHATS[(number * 7 + said.length) % CHATS.length] ?? 11)
      seen[edit.isValid ? 'applied' : 'refused'] += 1
      await untilCounted(applied, seen.applied)
      await untilCounted(refused, seen.refused)
    }
    await untilAllAnswered()
  }, 280_000)
  afterAll(async () => {
    await installation.close()
    await Promise.all([platform.stop(), models.close()])
  })

  it('takes every valid edit once and refuses every other, with its reason', async () => {
    expect(seen.applied).toBeGreaterThan(EDITS / 2)
    expect(seen.refused).toBeGreaterThan(EDITS / 4)
    expect(count(applied)).toBe(seen.applied)
    // A file that is caught while it is being written is refused as well.
    expect(count(refused)).toBeGreaterThanOrEqual(seen.refused)
    expect(await installation.json('status', '--json')).not.toHaveProperty('config.problem')
  })

  it('answers every message, and none twice', () => {
    expect(said.length).toBeGreaterThan(2 * EDITS)
    const wrong = said.flatMap((message) => {
      const answers = answersTo(message)
      return answers.length === 1 ? [] : [{ ...message, answers }]
    })
    expect(wrong).toEqual([])
  })

  it('restarts no session', async () => {
    const now = await sessions()
    for (const [sessionKey, sessionId] of sessionsBefore)
      expect({ sessionKey, sessionId: now.get(sessionKey) }).toEqual({ sessionKey, sessionId })
    expect(sessionsBefore.size).toBe(2 * CHATS.length)
  })

  it('opens an account again only when its settings changed', () => {
    expect(platform.bot(tokens.steady).countCalls('getMe')).toBe(1)
    expect(platform.bot(tokens.moving).countCalls('getMe')).toBeGreaterThan(10)
  })
})
