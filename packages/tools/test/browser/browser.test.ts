import { existsSync } from 'node:fs'
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JsonObject } from '@junctor/agent'
import { createBrowsers, createHostWorkbench, type Browsers } from '@junctor/tools'
import { afterAll, beforeAll, describe, expect, it, vi, type TestContext } from 'vitest'
import { toolContext } from '../tool-context.ts'
import { startDnsServer, type DnsServer } from '../web/dns-server.ts'
import { startSite, type Site } from '../web/site.ts'

const chromiumPath = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path))

let folder: string
let site: Site
let secret: Site
let dns: DnsServer
let browsers: Browsers
let html: (path: string) => string

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'junctor-browser-')))
  site = await startSite((request, response) => {
    const path = request.url ?? '/'
    if (path === '/away') {
      response.writeHead(302, { location: `http://127.0.0.2:${site.port}/secret` }).end()
      return
    }
    response.setHeader('content-type', 'text/html')
    response.setHeader('set-cookie', `seen${path.length}=1`)
    response.end(`<p>cookies: ${request.headers.cookie ?? 'none'}</p>${html(path)}`)
  })
  secret = await startSite((_, response) => void response.end('secret'), {
    host: '127.0.0.2',
    port: site.port,
  })
  dns = await startDnsServer((name, count) =>
    name === 'rebind.test' && count > 1 ? ['127.0.0.2'] : ['127.0.0.1'],
  )
  browsers = createBrowsers()
})
afterAll(async () => {
  await browsers.close()
  await Promise.all([site.close(), secret.close()])
  dns.close()
  await rm(folder, { recursive: true })
})

function use(input: JsonObject, sessionKey = 'agent:a:main', from: Browsers = browsers) {
  const tool = from.tool({
    noSandbox: true,
    privateHosts: ['127.0.0.1'],
    resolve: dns.resolve,
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
  })
  return tool.run(input, toolContext(createHostWorkbench({ folder }), { sessionKey }))
}

function needsChromium(context: TestContext): void {
  if (chromiumPath === undefined) context.skip('Chromium is not installed')
}

const at = (path: string): string => `http://127.0.0.1:${site.port}${path}`
const refOf = (snapshot: string, what: RegExp): string =>
  /\[ref=(\w+)\]/.exec(snapshot.split('\n').find((line) => what.test(line)) ?? '')?.[1] ?? ''

describe('a page', () => {
  it('is opened, read, filled in, clicked and left, as labelled data', async (context) => {
    needsChromium(context)
    html = (path) =>
      path === '/next'
        ? '<title>Next</title><h1>You came here</h1>'
        : `<title>Form</title><a href="/next">Go on</a>
           <form action="/sent"><input name="q" aria-label="Question"></form>`
    const opened = await use({ action: 'open', url: at('/') })
    expect(opened).toContain(`[Data from "${at('/')}"`)
    expect(opened).toContain('| Form')
    expect(opened.split('\n').filter((line) => !/^(\| |\[)/.test(line))).toEqual([])

    await use({
      action: 'type',
      ref: refOf(opened, /textbox "Question"/),
      text: 'ships',
      submit: true,
    })
    await vi.waitFor(() => expect(site.asked).toContain('/sent?q=ships'), { timeout: 20_000 })
    const back = await use({ action: 'navigate', url: at('/') })
    await use({ action: 'click', ref: refOf(back, /link "Go on"/) })
    await vi.waitFor(
      async () => expect(await use({ action: 'snapshot' })).toContain('You came here'),
      { timeout: 20_000 },
    )
    expect(await use({ action: 'press', key: 'PageDown' })).toContain('You came here')

    await use({ action: 'open', url: at('/two') })
    const tabs = await use({ action: 'tabs' })
    expect(tabs).toContain('t1\n')
    expect(tabs).toContain('t2 (current)\n')
    expect(await use({ action: 'snapshot', tab: 't1' })).toContain('You came here')
    await use({ action: 'close', tab: 't2' })
    await use({ action: 'close' })
    await expect(use({ action: 'snapshot' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it('is kept as a picture in the workspace and nowhere else', async (context) => {
    needsChromium(context)
    html = () => '<h1>Picture</h1>'
    await use({ action: 'open', url: at('/') })
    expect(await use({ action: 'screenshot', path: 'shots/one.png' })).toMatch(
      /^Saved shots\/one\.png \(\d+ bytes\)\.$/,
    )
    const picture = await readFile(join(folder, 'shots/one.png'))
    expect(picture.subarray(1, 4).toString()).toBe('PNG')
    await expect(use({ action: 'screenshot', path: '../out.png' })).rejects.toMatchObject({
      code: 'OUTSIDE_WORKSPACE',
    })
    await use({ action: 'close' })
  })

  it('opens no more tabs than there may be', async (context) => {
    needsChromium(context)
    html = () => '<script>for (let n = 0; n < 20; n += 1) open("/popup" + n)</script><p>x</p>'
    await use({ action: 'open', url: at('/') }, 'agent:a:greedy')
    await vi.waitFor(
      async () => {
        const tabs = await use({ action: 'tabs' }, 'agent:a:greedy')
        expect(tabs.split('\n').filter((line) => /^t\d+/.test(line)).length).toBeLessThanOrEqual(5)
      },
      { timeout: 20_000 },
    )
  })
})

it('sessions share neither tabs nor cookies', async (context) => {
  needsChromium(context)
  html = () => ''
  await use({ action: 'open', url: at('/') }, 'agent:a:one')
  expect(await use({ action: 'navigate', url: at('/') }, 'agent:a:one')).toContain('seen1=1')
  await expect(use({ action: 'snapshot' }, 'agent:a:two')).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
  expect(await use({ action: 'open', url: at('/') }, 'agent:a:two')).toContain('cookies: none')
  expect(await use({ action: 'open', url: at('/') }, 'agent:b:one')).toContain('cookies: none')
})

describe('an address that may not be reached', () => {
  it.each(['file:///etc/passwd', 'http://127.0.0.2/', 'http://[::1]/', 'chrome://version'])(
    'is not opened: %s',
    async (url) => {
      if (chromiumPath === undefined) return
      await expect(use({ action: 'open', url })).rejects.toMatchObject({ code: 'REFUSED' })
    },
  )

  it('is reached by nothing that a page does, and what was blocked is told', async (context) => {
    needsChromium(context)
    const target = `127.0.0.2:${site.port}/secret`
    html = (path) =>
      path === '/'
        ? `<img src="http://${target}"><iframe src="http://${target}"></iframe>
        <script>
          const tell = (text) => document.body.append(text, ' ')
          fetch('http://${target}', { mode: 'no-cors' }).then((r) => tell('fetched ' + r.status), () => tell('fetch failed'))
          const socket = new WebSocket('ws://${target}')
          socket.onopen = () => tell('socket open')
          socket.onerror = () => tell('socket failed')
        </script>`
        : ''
    await use({ action: 'open', url: at('/') }, 'agent:a:nosy')
    await vi.waitFor(
      async () => {
        const text = await use({ action: 'snapshot' }, 'agent:a:nosy')
        expect(text).toContain('socket failed')
        expect(text).not.toContain('socket open')
      },
      { timeout: 20_000 },
    )
    const moved = await use({ action: 'navigate', url: at('/away') }, 'agent:a:nosy')
    expect(moved).toContain(`[Blocked: 127.0.0.2:${site.port} is an address, which is not on`)
    expect(moved).not.toContain('| secret')
    expect(secret.asked).toEqual([])
  })

  it('is not reached by a name that means another address a moment later', async (context) => {
    needsChromium(context)
    html = () => '<p>open</p>'
    await expect(
      use({ action: 'open', url: `http://rebind.test:${site.port}/` }, 'agent:a:rebound'),
    ).resolves.toContain('[Blocked: rebind.test')
    expect(secret.asked).toEqual([])
  })
})

describe('the browser', () => {
  it('closes what is not used, and begins anew when it is asked again', async (context) => {
    needsChromium(context)
    html = () => '<p>again</p>'
    const brief = createBrowsers({ idleMs: 500 })
    await use({ action: 'open', url: at('/') }, 'agent:a:main', brief)
    // Longer after each look, since looking is using.
    let pauseMs = 500
    const isClosed = async (): Promise<boolean> => {
      await sleep((pauseMs *= 2))
      return (await use({ action: 'tabs' }, 'agent:a:main', brief)) === 'No tab is open.'
    }
    while (!(await isClosed()));
    expect(await use({ action: 'open', url: at('/') }, 'agent:a:main', brief)).toContain('again')
    await brief.close()
  })

  it('that is not there names the setting', async () => {
    const tool = createBrowsers().tool({ executablePath: join(folder, 'no-chromium') })
    const workbench = createHostWorkbench({ folder })
    await expect(
      tool.run({ action: 'open', url: 'https://example.org/' }, toolContext(workbench)),
    ).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('browser.executablePath'),
    })
  })
})
