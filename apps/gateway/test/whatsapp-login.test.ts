import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openSqliteStore } from '@junctor/store-sqlite'
import { createWhatsAppServer, type WhatsAppServer } from '@junctor/testkit/whatsapp'
import { renderUnicodeCompact } from 'uqr'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { chromiumPath, launchBrowser } from './browser.ts'
import { createInstallation, type Installation } from './installation.ts'

const NUMBER = '15550001111'
const PERSON = '15552220001'
const preload = fileURLToPath(new URL('whatsapp-preload.mjs', import.meta.url))
const login = ['channels', 'login', '--channel', 'whatsapp', '--account', 'biz'] as const

let server: WhatsAppServer
let installation: Installation

beforeEach(async () => {
  // The Signal library of the test's own phones prints its keys.
  for (const level of ['info', 'warn'] as const) vi.spyOn(console, level).mockReturnValue()
  server = await createWhatsAppServer({ accounts: [{ number: NUMBER }] })
})
afterEach(async () => {
  await installation.close()
  await server.stop()
})

async function install(
  account: object = {},
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const base = {
    NODE_OPTIONS: `--import=${preload}`,
    TEST_WHATSAPP_SERVER: `${server.url} ${server.mediaUrl}`,
    TEST_WHATSAPP_ASKED: 'asked',
  }
  installation = await createInstallation(
    {
      gateway: { port: 0 },
      agents: { list: [{ id: 'home', model: 'demo/junctor' }] },
      session: { dmScope: 'per-channel-peer' },
      channels: {
        whatsapp: { dmPolicy: 'open', accounts: { biz: account, off: { enabled: false } } },
      },
    },
    { ...base, ...env },
  )
}

/** What people were asked for so far that matches, once there is so much. */
async function asked(wanted: RegExp, count: number): Promise<readonly string[]> {
  for (;;) {
    const text = await readFile(join(installation.directory, 'asked'), 'utf8').catch(() => '')
    const found = new Set(text.split('\n').flatMap((line) => wanted.exec(line)?.[0] ?? []))
    if (found.size >= count) return [...found]
    await sleep(20)
  }
}

const codes = (count = 1): Promise<readonly string[]> => asked(/.*2@.*/, count)

const scan = (qr: string | undefined): void => server.account(NUMBER).scan(qr ?? '')
const drawn = (qr: string): string => renderUnicodeCompact(qr, { border: 2 })

describe('linking an account while no gateway runs', () => {
  it('draws the code, ends when the phone has scanned it, and the gateway finds the account linked', async () => {
    await install()
    const linking = installation.run(...login)
    const [qr = ''] = await codes()
    // It comes as soon as the account is online, and is left to the gateway.
    server.account(NUMBER).say({ chat: PERSON, text: 'early' })
    scan(qr)
    const { code, stdout, stderr } = await linking
    expect(code, stderr).toBe(0)
    expect(stdout).toContain(drawn(qr))
    expect(stdout).toContain('whatsapp/biz is online')

    server.account(NUMBER).say({ chat: PERSON, text: 'late' })
    const gateway = await installation.start()
    const answers = (): readonly string[] =>
      server
        .account(NUMBER)
        .messages(PERSON)
        .filter(({ from }) => from === 'self')
        .map(({ text }) => text)
    const isOver = (): boolean => answers().some((text) => text.includes('late'))
    await server.waitFor(isOver, { timeoutMs: 30_000 })
    expect(answers().filter((text) => text.includes('early'))).toHaveLength(1)
    expect(answers()).toHaveLength(2)
    expect(gateway.output()).not.toContain('needs-login')
    expect(await codes()).toEqual([qr])
  }, 90_000)

  it('takes a code to type where a number is configured', async () => {
    await install({ phoneNumber: `+${NUMBER}` })
    const linking = installation.run(...login)
    const [typed = ''] = await asked(/(?<=enter )\w{4}-\w{4}/, 1)
    await server.account(NUMBER).enterCode(typed.replace('-', ''))
    const { code, stdout, stderr } = await linking
    expect(code, stderr).toBe(0)
    expect(stdout).toContain(`whatsapp/biz is needs-login: enter ${typed} in WhatsApp`)
  }, 90_000)

  it('draws a new code when one has expired', async () => {
    await install({}, { TEST_WHATSAPP_QR_MS: '1500' })
    const linking = installation.run(...login)
    const shown = await codes(3)
    scan(shown.at(-1))
    const { code, stdout, stderr } = await linking
    expect(code, stderr).toBe(0)
    for (const qr of shown) expect(stdout).toContain(drawn(qr))
  }, 90_000)

  it('is refused while somebody else has the state, and refuses a gateway meanwhile', async () => {
    await install()
    // A gateway that has not come up yet.
    const store = openSqliteStore({ stateDir: installation.stateDir })
    const refused = await installation.run(...login)
    await store.close()
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain(
      `Process ${process.pid} runs a gateway on ${installation.stateDir}`,
    )

    const linking = installation.run(...login)
    const [qr] = await codes()
    await expect(installation.start()).rejects.toThrow(
      `gateway on ${installation.stateDir}, or changes its state`,
    )
    scan(qr)
    expect((await linking).code).toBe(0)
  }, 90_000)

  it('of an account that is not there or switched off is refused', async () => {
    await install()
    const missing = await installation.run(...login.slice(0, -1), 'none')
    expect(missing.code).toBe(1)
    expect(missing.stderr).toContain('no channels.whatsapp.accounts.none in the config')
    const off = await installation.run(...login.slice(0, -1), 'off')
    expect(off.stderr).toContain('channels.whatsapp.accounts.off.enabled is false')
  }, 60_000)
})

describe('a code that expires while a gateway runs', () => {
  it('is replaced in the terminal, and status says how to draw it', async () => {
    await install({}, { TEST_WHATSAPP_QR_MS: '3000' })
    await installation.start()
    await codes()
    const { stdout: status } = await installation.run('status')
    expect(status).toContain('channels login --channel whatsapp --account biz')
    const linking = installation.run(...login)
    const before = (await codes()).length
    const shown = await codes(before + 3)
    scan(shown.at(-1))
    const { code, stdout, stderr } = await linking
    expect(code, stderr).toBe(0)
    expect(shown.filter((qr) => stdout.includes(drawn(qr))).length).toBeGreaterThan(1)
  }, 90_000)

  it('is replaced on the page', async (context) => {
    if (chromiumPath === undefined) return context.skip('Chromium is not installed')
    await install({}, { TEST_WHATSAPP_QR_MS: '5000' })
    await installation.start()
    const { stdout } = await installation.run('login')
    const browser = await launchBrowser(chromiumPath)
    try {
      const page = await browser.newPage()
      await page.goto(stdout.trim())
      await page.getByTestId('accounts-summary').click()
      const image = page.getByTestId('account-qr')
      const source = async (): Promise<string> => (await image.getAttribute('src')) ?? ''
      await image.waitFor()
      const first = await source()
      await expect.poll(source, { timeout: 30_000 }).not.toBe(first)
      await image.waitFor()
      scan((await codes()).at(-1))
      await page.getByTestId('account').and(page.locator('[data-state="online"]')).waitFor()
      expect(await image.count()).toBe(0)
    } finally {
      await browser.close()
    }
  }, 90_000)
})
