import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startForBrowser, type BrowsedGateway } from './browsed-gateway.ts'
import { chromiumPath, launchBrowser } from './browser.ts'

const run = promisify(execFile)
const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url))

describe('the chat page of a fresh gateway, in a browser', () => {
  let stateDir: string
  let gateway: BrowsedGateway
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    if (chromiumPath === undefined) return
    stateDir = await mkdtemp(join(tmpdir(), 'junctor-page-'))
    gateway = await startForBrowser(stateDir)
    browser = await launchBrowser(chromiumPath)
    page = await browser.newPage({ viewport: { width: 360, height: 740 } })
    await page.goto(gateway.loginUrl)
    await page.getByTestId('text').waitFor()
  }, 60_000)
  afterAll(async () => {
    if (chromiumPath === undefined) return
    await browser.close()
    await gateway.stop()
    await rm(stateDir, { recursive: true, force: true })
  })

  const answered = (count: number): Promise<void> =>
    page
      .locator('[data-direction="out"][data-state="sent"]')
      .nth(count - 1)
      .waitFor()
  const messages = async (): Promise<readonly string[]> =>
    page.getByTestId('message-body').allInnerTexts()

  it('lets nobody in without the link, and takes the link once', async (context) => {
    if (chromiumPath === undefined) return context.skip('Chromium is not installed')
    const stranger = await browser.newPage()
    const response = await stranger.goto(new URL('/', gateway.loginUrl).href)
    expect(response?.status()).toBe(401)
    expect((await stranger.goto(gateway.loginUrl))?.status()).toBe(410)
    await stranger.close()
  })

  it('answers what is written with the keyboard alone, labelled as a demo', async (context) => {
    if (chromiumPath === undefined) return context.skip('Chromium is not installed')
    await page.getByTestId('text').focus()
    await page.keyboard.type('Hello there')
    await page.keyboard.press('Enter')
    await answered(1)
    const [mine, answer] = await messages()
    expect(mine).toBe('Hello there')
    expect(answer).toContain('[demo model] I am Home')
    expect(answer).toContain('agent:home:web:default:dm:owner')
    expect(await page.getByTestId('demo-label').first().isVisible()).toBe(true)
  })

  it('lets a person pick the agent', async (context) => {
    if (chromiumPath === undefined) return context.skip('Chromium is not installed')
    await page.getByTestId('agent-select').selectOption('support')
    await page.getByTestId('text').fill('Who are you?')
    await page.keyboard.press('Enter')
    await answered(2)
    expect((await messages()).at(-1)).toContain('I am Support')
  })

  it('shows the conversation again after a reload', async (context) => {
    if (chromiumPath === undefined) return context.skip('Chromium is not installed')
    const before = await messages()
    await page.reload()
    await answered(2)
    expect(await messages()).toEqual(before)
  })

  it('tells why the agent got a message', async (context) => {
    if (chromiumPath === undefined) return context.skip('Chromium is not installed')
    const why = page.getByTestId('why').last()
    await why.locator('summary').first().click()
    await why.locator('[data-step="routing"]').waitFor()
    expect(await why.locator('[data-step="routing"]').innerText()).toContain(
      'its sender picked this agent',
    )
  })

  it('says when an edit of the config is not in force, and takes one that is', async (context) => {
    if (chromiumPath === undefined) return context.skip('Chromium is not installed')
    const path = join(stateDir, 'junctor.json')
    const valid = await readFile(path, 'utf8')
    const note = page.getByTestId('config-note')
    expect(await note.isVisible()).toBe(false)
    await writeFile(path, valid.replace("id: 'support'", "id: 'sup port'"))
    await note.waitFor()
    expect(await note.innerText()).toMatch(/not in force: .*junctor\.json:\d+:\d+ .*"sup port"/)
    await writeFile(path, valid.replace("name: 'Work'", "name: 'Office'"))
    await note.waitFor({ state: 'hidden' })
    await page.getByTestId('agent-select').locator('option', { hasText: 'Office' }).waitFor({
      state: 'attached',
    })
    await writeFile(path, valid)
  })

  it('says what was made at runtime and does not go together with the config', async (context) => {
    if (chromiumPath === undefined) return context.skip('Chromium is not installed')
    const path = join(stateDir, 'junctor.json')
    const valid = await readFile(path, 'utf8')
    const note = page.getByTestId('set-aside-note')
    const env = { PATH: process.env['PATH'], JUNCTOR_STATE_DIR: stateDir }
    await run(process.execPath, [bin, 'agents', 'add', 'guest', '--runtime', '--json'], { env })
    expect(await note.isVisible()).toBe(false)
    await writeFile(path, valid.replace("{ id: 'support',", "{ id: 'guest' }, { id: 'support',"))
    await note.waitFor()
    expect(await note.innerText()).toMatch(/Set aside, .*\nruntime agent "guest": .*guest/)
    await writeFile(path, valid)
    await note.waitFor({ state: 'hidden' })
    await run(process.execPath, [bin, 'agents', 'delete', 'guest', '--force'], { env })
  })

  it('offers commands while one is written, by keyboard and by touch', async (context) => {
    if (chromiumPath === undefined) return context.skip('Chromium is not installed')
    const text = page.getByTestId('text')
    const options = page.getByTestId('commands').getByRole('option')
    const selected = page.getByTestId('commands').locator('[aria-selected="true"]')
    await text.fill('')
    await text.focus()
    await page.keyboard.type('/')
    await options.first().waitFor()
    expect(await options.count()).toBeGreaterThan(5)
    await page.keyboard.type('st')
    expect(await options.allInnerTexts()).toEqual([
      expect.stringMatching(/^\/status /),
      expect.stringMatching(/^\/stop /),
    ])
    await page.keyboard.press('ArrowDown')
    expect(await selected.innerText()).toMatch(/^\/stop /)
    await page.keyboard.press('Escape')
    await page.getByTestId('commands').waitFor({ state: 'hidden' })
    await text.fill('/st')
    await options.first().click()
    expect(await text.inputValue()).toBe('/status ')
    const before = (await messages()).length
    await page.keyboard.press('Enter')
    await page
      .getByTestId('message-body')
      .nth(before + 1)
      .waitFor()
    expect((await messages()).at(-1)).toContain('Agent: ')
    await text.fill('/ not a command')
    expect(await page.getByTestId('commands').isVisible()).toBe(false)
    await text.fill('')
  })

  it('fits a phone without scrolling sideways', async (context) => {
    if (chromiumPath === undefined) return context.skip('Chromium is not installed')
    // As text: the page's own language has a `document`, this file's has none.
    const overflow = await page.evaluate(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    )
    expect(overflow).toBe(0)
  })
})
