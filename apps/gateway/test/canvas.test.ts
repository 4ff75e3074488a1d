import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startForBrowser, type BrowsedGateway } from './browsed-gateway.ts'
import { chromiumPath, launchBrowser } from './browser.ts'

describe('what an agent shows on the web page, in a browser', () => {
  let stateDir: string
  let models: ModelServer
  let gateway: BrowsedGateway
  let browser: Browser
  let page: Page
  /** Somebody else's site, where nothing may arrive. */
  let elsewhere: Server
  const arrived: string[] = []

  const logIn = async (): Promise<void> => {
    gateway = await startForBrowser(stateDir)
    page = await (await browser.newContext()).newPage()
    await page.goto(gateway.loginUrl)
    // The page's own code runs.
    const agents = page.getByTestId('agent-select').locator('option', { hasText: 'home' })
    await agents.waitFor({ state: 'attached' })
  }

  beforeAll(async () => {
    if (chromiumPath === undefined) return
    elsewhere = createServer((request, response) => {
      arrived.push(request.url ?? '')
      response.end('elsewhere')
    }).listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    stateDir = await mkdtemp(join(tmpdir(), 'junctor-canvas-'))
    models = await createModelServer()
    const provider = { baseUrl: models.baseUrl('anthropic'), apiKey: 'fake-key' }
    const config = {
      agents: { list: [{ id: 'home', model: 'anthropic/claude-test' }] },
      models: { providers: { anthropic: provider } },
    }
    await writeFile(join(stateDir, 'junctor.json'), JSON.stringify(config))
    browser = await launchBrowser(chromiumPath)
    await logIn()
  }, 60_000)
  afterAll(async () => {
    if (chromiumPath === undefined) return
    await browser.close()
    await gateway.stop()
    elsewhere.close()
    await models.close()
    await rm(stateDir, { recursive: true, force: true })
  })

  const call = async (input: { readonly [key: string]: string }): Promise<void> => {
    let result: string | undefined
    models.respond(({ toolResults }) => {
      result = toolResults[0]?.output
      return result === undefined
        ? { tools: [{ name: 'canvas', input }] }
        : { text: `Done: ${result}` }
    })
    await page.getByTestId('text').fill('show it')
    await page.keyboard.press('Enter')
    await page.getByTestId('message-body').filter({ hasText: 'Done: ' }).last().waitFor()
  }

  it('runs without any rights: no network, no cookie, no way to our page or to another site', async (context) => {
    if (chromiumPath === undefined) return context.skip('Chromium is not installed')
    const { port } = elsewhere.address() as AddressInfo
    const site = `http://127.0.0.1:${port}`
    const html = `<h1>Chart</h1><p id="log"></p><img src="${site}/img"><link rel="stylesheet" href="${site}/css">
      <script src="${site}/js"></script><iframe src="${site}/frame"></iframe>
      <script>
        const tried = []
        const attempt = (name, act) => { try { act(); tried.push(name + ' done') } catch { tried.push(name + ' refused') } }
        attempt('cookie', () => document.cookie)
        attempt('storage', () => localStorage.getItem('x'))
        attempt('parent', () => parent.document.title)
        attempt('top', () => { top.location = '${site}/top' })
        attempt('popup', () => { if (open('${site}/popup') === null) throw new Error() })
        const socket = new WebSocket('ws://127.0.0.1:${port}/socket')
        Promise.allSettled([fetch('${site}/fetch'), fetch('/api/v1/status')]).then((all) => {
          tried.push(...all.map(({ status }) => 'fetch ' + status))
          log.textContent = tried.join(', ')
        })
      </script>`
    await call({ action: 'show', html, title: 'My chart' })
    const frame = page.frameLocator('[data-testid="canvas-frame"]')
    await frame.locator('#log', { hasText: 'fetch' }).waitFor()
    expect(await frame.locator('#log').innerText()).toBe(
      'cookie refused, storage refused, parent refused, top refused, popup refused, fetch rejected, fetch rejected',
    )
    expect(await page.getByTestId('canvas').locator('summary').innerText()).toContain('My chart')
    expect(arrived).toEqual([])
  })

  it('cannot lead its own frame away, nor be opened by itself', async (context) => {
    if (chromiumPath === undefined) return context.skip('Chromium is not installed')
    const { port } = elsewhere.address() as AddressInfo
    const address = `http://127.0.0.1:${port}/away?all-i-know`
    const refused = page.waitForEvent('console', (message) => message.text().includes('frame-src'))
    await call({ action: 'update', html: `<p>leaving</p><script>location = '${address}'</script>` })
    await refused
    const frame = page.getByTestId('canvas-frame')
    const source = (await frame.getAttribute('src')) ?? ''
    const alone = await page.context().newPage()
    expect((await alone.goto(source))?.status()).toBe(403)
    await alone.close()
    await call({ action: 'update', html: '<p id="still">still here</p>' })
    await page.frameLocator('[data-testid="canvas-frame"]').locator('#still').waitFor()
    expect(arrived).toEqual([])
  })

  it('is there again after a restart, and goes when the agent takes it away', async (context) => {
    if (chromiumPath === undefined) return context.skip('Chromium is not installed')
    await page.close()
    await gateway.stop()
    await logIn()
    await page.frameLocator('[data-testid="canvas-frame"]').locator('#still').waitFor()
    await call({ action: 'clear' })
    await page.getByTestId('canvases').waitFor({ state: 'hidden' })
  })
})
