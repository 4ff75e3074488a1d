import { fileURLToPath } from 'node:url'
import { createWhatsAppServer, type WhatsAppServer } from '@junctor/testkit/whatsapp'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { chromiumPath, launchBrowser } from './browser.ts'
import { createInstallation, type Installation, type RunningGateway } from './installation.ts'

const NUMBER = '15550001111'
const PERSON = '15552220001'
const preload = fileURLToPath(new URL('whatsapp-preload.mjs', import.meta.url))

let server: WhatsAppServer
let installation: Installation
let gateway: RunningGateway

beforeEach(async () => {
  // The Signal library of the test's own phones prints its keys.
  for (const level of ['info', 'warn'] as const) vi.spyOn(console, level).mockReturnValue()
  server = await createWhatsAppServer({ accounts: [{ number: NUMBER }] })
  installation = await createInstallation(
    {
      gateway: { port: 0 },
      agents: { list: [{ id: 'home', model: 'demo/junctor' }] },
      session: { dmScope: 'per-channel-peer' },
      channels: { whatsapp: { dmPolicy: 'open', accounts: { biz: {} } } },
    },
    {
      NODE_OPTIONS: `--import=${preload}`,
      TEST_WHATSAPP_SERVER: `${server.url} ${server.mediaUrl}`,
    },
  )
  gateway = await installation.start()
})
afterEach(async () => {
  await installation.close()
  await server.stop()
})

interface Account {
  readonly channel: string
  readonly state: string
  readonly qr?: string
}

async function untilAccount(isWanted: (account: Account) => boolean): Promise<Account> {
  for (;;) {
    const { channels } = (await installation.json('status', '--json')) as {
      readonly channels: readonly Account[]
    }
    const account = channels.find(({ channel }) => channel === 'whatsapp')
    if (account !== undefined && isWanted(account)) return account
  }
}

it('the command links a number by the code that it draws, and the number is answered', async () => {
  const login = installation.run('channels', 'login', '--channel', 'whatsapp', '--account', 'biz')
  const { qr = '' } = await untilAccount((account) => account.qr !== undefined)
  server.account(NUMBER).scan(qr)
  const { code, stdout, stderr } = await login
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/[▀▄█]{10}/)
  expect(stdout).toContain('whatsapp/biz is needs-login: scan the QR code')
  expect(stdout.trim().split('\n').at(-1)).toBe('whatsapp/biz is online')
  server.account(NUMBER).say({ chat: PERSON, text: 'hello' })
  await server.waitFor(() => server.account(NUMBER).messages(PERSON).length === 2, {
    timeoutMs: 20_000,
  })
  const other = await installation.run('channels', 'login', '--channel', 'whatsapp')
  expect(other.code).toBe(3)
  expect(other.stderr).toContain('no account whatsapp/default')
  // The code is a key to the account, for a while.
  expect(gateway.output()).not.toContain(qr)
}, 60_000)

it('the page shows the states of accounts, and the code of one that waits for a phone', async (context) => {
  if (chromiumPath === undefined) return context.skip('Chromium is not installed')
  const { stdout } = await installation.run('login')
  const browser = await launchBrowser(chromiumPath)
  try {
    const page = await browser.newPage()
    await page.goto(stdout.trim())
    const summary = page.getByTestId('accounts-summary')
    await summary.waitFor()
    await summary.click()
    const image = page.getByTestId('account-qr')
    await image.waitFor()
    expect(await image.getAttribute('alt')).toContain('links whatsapp/biz')
    const isDrawn = await image.evaluate(async (node) => {
      const picture = node as unknown as { decode(): Promise<void>; readonly naturalWidth: number }
      await picture.decode()
      return picture.naturalWidth > 0
    })
    expect(isDrawn).toBe(true)
    const { qr = '' } = await untilAccount((account) => account.qr !== undefined)
    server.account(NUMBER).scan(qr)
    await page.getByTestId('account').and(page.locator('[data-state="online"]')).waitFor()
    expect(await summary.innerText()).toBe('Accounts: 1, all well')
  } finally {
    await browser.close()
  }
}, 60_000)
