import { readFile } from 'node:fs/promises'
import {
  createTelegramServer,
  type TelegramBot,
  type TelegramServer,
} from '@junctor/testkit/telegram'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chromiumPath, launchBrowser } from './browser.ts'
import { createInstallation, type Installation, type RunningGateway } from './installation.ts'

const token = '1000:fake-token-with-a-door'

let platform: TelegramServer
let bot: TelegramBot
let installation: Installation
let gateway: RunningGateway

beforeEach(async () => {
  platform = await createTelegramServer({ bots: [{ token, username: 'door_bot' }] })
  bot = platform.bot(token)
  installation = await createInstallation({
    gateway: { port: 0 },
    agents: { list: [{ id: 'home' }] },
    channels: { web: {}, telegram: { botToken: token, apiRoot: platform.url } },
  })
  gateway = await installation.start()
})
afterEach(async () => {
  await installation.close()
  await platform.stop()
})

const untilAnswers = async (chat: number, count: number): Promise<readonly string[]> => {
  const answers = (): readonly string[] =>
    bot
      .messages(chat)
      .filter(({ message }) => message.from?.is_bot === true)
      .map(({ text }) => text)
  await platform.waitFor(() => answers().length >= count, { timeoutMs: 20_000 })
  return answers()
}
const codeFor = async (chat: number, count = 1): Promise<string> =>
  /Pairing code: (\w+)/.exec((await untilAnswers(chat, count)).at(-1) ?? '')?.[1] ?? ''

interface Listed {
  readonly requests: readonly { readonly id: string; readonly code: string }[]
  readonly approvals: readonly { readonly id: string; readonly senderId: string }[]
}
const list = async (...args: readonly string[]): Promise<Listed> =>
  (await installation.json('pairing', 'list', '--json', ...args)) as Listed

describe('pairing on the command line', () => {
  it('lets a stranger in through the running gateway, at once, and leaves the config alone', async () => {
    const before = await readFile(installation.configPath, 'utf8')
    bot.say({ chat: 8, text: 'hello' })
    const code = await codeFor(8)
    expect((await list()).requests).toMatchObject([{ code, senderId: '8', channel: 'telegram' }])
    expect((await list('--channel', 'discord')).requests).toEqual([])
    expect((await list('--account', 'default')).requests).toHaveLength(1)
    const shown = (await installation.run('pairing', 'list')).stdout
    expect(shown).toMatch(new RegExp(`Person 8 \\(8\\) +telegram/default +code ${code}`))
    expect((await installation.run('status')).stdout).toContain('1 person asks to be let in')

    const wrong = await installation.run('pairing', 'approve', 'AAAAAAAA')
    expect(wrong).toMatchObject({ code: 3, stdout: '' })
    expect(wrong.stderr).toContain('No pairing request has the code or id "AAAAAAAA"')
    const elsewhere = await installation.run('pairing', 'approve', code, '--channel', 'discord')
    expect(elsewhere.code).toBe(3)

    const approved = await installation.run('pairing', 'approve', code)
    expect(approved).toMatchObject({
      code: 0,
      stdout: 'Person 8 (8) may write to telegram/default.\n',
    })
    await untilAnswers(8, 2)
    bot.say({ chat: 8, text: 'hello again' })
    const [, welcome, answer] = await untilAnswers(8, 3)
    expect(welcome).toContain('You were let in')
    expect(answer).toContain('agent:home:telegram:default:dm:8')
    expect((await installation.run('pairing', 'list')).stdout).toMatch(
      /Nobody waits[^]*Let in\n +Person 8/,
    )
    expect(await readFile(installation.configPath, 'utf8')).toBe(before)
  })

  it('works on the store itself where no gateway runs', async () => {
    bot.say({ chat: 8, text: 'hello' })
    bot.say({ chat: 9, text: 'hello' })
    const [code, other] = [await codeFor(8), await codeFor(9)]
    await gateway.stop()
    const approved = await installation.json(
      'pairing',
      'approve',
      code,
      '--session',
      'main',
      '--json',
    )
    expect(approved).toMatchObject({ senderId: '8', session: 'main' })
    expect(await installation.json('pairing', 'reject', other, '--json')).toMatchObject({
      senderId: '9',
    })
    expect(await list()).toMatchObject({ requests: [], approvals: [{ senderId: '8' }] })

    gateway = await installation.start()
    expect((await untilAnswers(8, 2))[1]).toContain('You were let in')
    bot.say({ chat: 8, text: 'hello again' })
    expect((await untilAnswers(8, 3))[2]).toContain('agent:home:main')
    await gateway.stop()
    expect((await installation.run('pairing', 'revoke', '8')).stdout).toBe(
      'Person 8 (8) is a stranger on telegram/default again.\n',
    )
    expect((await installation.run('pairing', 'revoke', '8')).code).toBe(3)
    gateway = await installation.start()
    bot.say({ chat: 8, text: 'and now?' })
    expect(await codeFor(8, 4)).toHaveLength(8)
  })

  it('is wrong usage without a code, or with a session that there is not', async () => {
    for (const args of [
      ['approve'],
      ['approve', 'x', '--session', 'all'],
      ['revoke'],
      ['frobnicate'],
    ])
      expect((await installation.run('pairing', ...args)).code).toBe(2)
  })
})

describe('pairing on the page', () => {
  it('shows who asks, lets them in, and shuts them out again', async (context) => {
    if (chromiumPath === undefined) return context.skip('Chromium is not installed')
    const browser = await launchBrowser(chromiumPath)
    try {
      const page = await browser.newPage({ viewport: { width: 360, height: 740 } })
      const link = (await installation.run('login')).stdout.trim()
      await page.goto(link)
      await page.getByTestId('text').waitFor()
      expect(await page.getByTestId('pairing').isVisible()).toBe(false)

      bot.say({ chat: 8, text: 'hello' })
      bot.say({ chat: 9, text: 'hello' })
      const code = await codeFor(8)
      await codeFor(9)
      await page.getByText('2 people ask to be let in').click()
      const request = page.getByTestId('pairing-request').filter({ hasText: code })
      expect(await request.innerText()).toContain('Person 8 (8) on telegram/default')
      await request.getByRole('button', { name: 'Let in' }).click()
      const approval = page.getByTestId('pairing-approval')
      await approval.waitFor()
      expect((await untilAnswers(8, 2))[1]).toContain('You were let in')
      await page.getByTestId('pairing-request').getByRole('button', { name: 'Reject' }).click()
      await page.getByText('1 person let in by pairing').waitFor()
      // As text: the page's own language has a `document`, this file's has none.
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth'
      expect(await page.evaluate(overflow)).toBe(0)

      await approval.getByRole('button', { name: 'Shut out' }).click()
      await page.getByTestId('pairing').waitFor({ state: 'hidden' })
      expect(await list()).toEqual({ requests: [], approvals: [] })
    } finally {
      await browser.close()
    }
  })
})
