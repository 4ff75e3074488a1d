import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import type { Browser, Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chromiumPath, launchBrowser } from './browser.ts'
import { createInstallation, type Installation, type RunningGateway } from './installation.ts'

interface Listed {
  readonly id: string
  readonly state: string
  readonly tool: string
}

describe('tool calls that a person approves', () => {
  let installation: Installation
  let gateway: RunningGateway
  let models: ModelServer
  let browser: Browser | undefined
  let page: Page

  beforeEach(async () => {
    models = await createModelServer()
    models.respond(({ toolResults: [result], lastUserText }) => {
      if (result !== undefined) return { text: `result: ${result.output.slice(0, 300)}` }
      return lastUserText.includes('status') || lastUserText.includes('exactly this input')
        ? { tools: [{ name: 'session_status', input: {} }] }
        : { text: 'ok' }
    })
    const provider = { baseUrl: models.baseUrl('anthropic'), apiKey: 'fake-key' }
    installation = await createInstallation({
      gateway: { port: 0 },
      agents: { defaults: { model: 'anthropic/claude-test' }, list: [{ id: 'home' }] },
      tools: { requireApproval: ['session_status'], approvers: { web: ['owner'] } },
      models: { providers: { anthropic: provider } },
    })
    gateway = await installation.start()
    if (chromiumPath === undefined) return
    browser = await launchBrowser(chromiumPath)
    page = await browser.newPage()
    const { stdout } = await installation.run('login')
    await page.goto(/http:\S+/.exec(stdout)?.[0] ?? '')
    await page.getByTestId('text').waitFor()
  }, 60_000)
  afterEach(async () => {
    await browser?.close()
    await installation.close()
    await models.close()
  })

  const say = async (text: string): Promise<void> => {
    await page.getByTestId('text').fill(text)
    await page.keyboard.press('Enter')
  }
  const list = async (...args: readonly string[]): Promise<readonly Listed[]> =>
    (await installation.json('approvals', 'list', ...args, '--json')) as readonly Listed[]

  it('wait on the page over a kill, and run when it says so', async (context) => {
    if (chromiumPath === undefined) return context.skip('Chromium is not installed')
    await say('status please')
    await page.getByTestId('approvals-summary').waitFor()
    const [waiting] = await list()
    expect(waiting).toMatchObject({ state: 'pending', tool: 'session_status' })
    // A token is none of the approvers.
    const refused = await installation.run('approvals', 'approve', waiting?.id ?? '')
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('token is not in tools.approvers.api')

    await gateway.kill()
    const { port } = new URL(gateway.url)
    await installation.start({ args: ['--port', port] })
    await page.reload()
    await page.getByTestId('approvals-summary').click()
    await page.getByTestId('approval').getByRole('button', { name: 'Approve' }).click()
    await page.getByText('result: ').filter({ hasText: 'sessionKey' }).first().waitFor()
    expect(await list()).toEqual([])
    expect(await list('--all')).toMatchObject([{ id: waiting?.id, state: 'used' }])
    const { stdout } = await installation.run('audit', '--agent', 'home')
    expect(stdout).toMatch(/approval given +session_status .* by owner on web/)
  }, 120_000)
})
