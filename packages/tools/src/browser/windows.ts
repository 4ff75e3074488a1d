import type { Browser, BrowserContext, Page } from 'playwright-core'
import { ToolError } from '../errors.ts'
import {
  createGuardedNetwork,
  type GuardedNetwork,
  type ResolveName,
} from '../web/guarded-network.ts'
import { startChromium, type ChromiumOptions } from './chromium.ts'
import { startGuardedProxy, type GuardedProxy } from './guarded-proxy.ts'

export interface WindowsOptions {
  /** After so many milliseconds without use a window is closed. */
  readonly idleMs: number
}

/** What one session sees of the browser: its own pages, cookies and way to the network. */
export interface Window {
  readonly network: GuardedNetwork
  readonly proxy: GuardedProxy
  readonly context: BrowserContext
  /** By the name that the model calls it. Tabs that have been closed are not among them. */
  readonly tabs: Map<string, Page>
  /** The tab that was used last. */
  current: string | undefined
}

export interface WindowRequest extends ChromiumOptions {
  readonly privateHosts: readonly string[]
  readonly resolve?: ResolveName
}

/** The windows of all sessions, in one Chromium, which runs while there are any. */
export interface Windows {
  /** Does something in the window of `owner`, a session: no two of them share anything. */
  use<Result>(
    owner: string,
    request: WindowRequest,
    action: (window: Window) => Promise<Result>,
  ): Promise<Result>
  close(): Promise<void>
}

interface Entry {
  readonly window: Promise<Window>
  /** Calls at work in it. */
  users: number
  timer?: NodeJS.Timeout
}

const MOST_WINDOWS = 20
const MOST_TABS = 5
const ACTION_LIMIT_MS = 10_000

export function createWindows(tool: string, { idleMs }: WindowsOptions): Windows {
  const windows = new Map<string, Entry>()
  let running: Promise<Browser> | undefined

  const chromium = async (options: ChromiumOptions): Promise<Browser> => {
    const browser = await (running ??= startChromium(tool, options).catch((error: unknown) => {
      running = undefined
      throw error
    }))
    if (browser.isConnected()) return browser
    running = undefined
    return chromium(options)
  }

  const close = async (owner: string, entry: Entry): Promise<void> => {
    if (windows.get(owner) !== entry) return
    windows.delete(owner)
    clearTimeout(entry.timer)
    const window = await entry.window.catch(() => undefined)
    window?.proxy.close()
    await window?.context.close().catch(() => {})
    if (windows.size > 0) return
    const last = running
    running = undefined
    await (await last?.catch(() => undefined))?.close()
  }

  const make = async (request: WindowRequest): Promise<Window> => {
    const browser = await chromium(request)
    const network = createGuardedNetwork(tool, request)
    const proxy = await startGuardedProxy(network)
    const { server, username, password } = proxy
    const context = await browser.newContext({
      proxy: { server, username, password },
      acceptDownloads: false,
      serviceWorkers: 'block',
      viewport: { width: 1_280, height: 800 },
    })
    context.setDefaultTimeout(ACTION_LIMIT_MS)
    const tabs = new Map<string, Page>()
    const window: Window = { network, proxy, context, tabs, current: undefined }
    let count = 0
    context.on('page', (page) => {
      if (tabs.size >= MOST_TABS) return void page.close()
      count += 1
      const name = `t${count}`
      tabs.set(name, page)
      window.current = name
      page.on('close', () => {
        tabs.delete(name)
        if (window.current === name) window.current = [...tabs.keys()].at(-1)
      })
    })
    return window
  }

  return {
    async use(owner, request, action) {
      const known = windows.get(owner)
      if (known === undefined && windows.size >= MOST_WINDOWS)
        throw new ToolError(
          tool,
          'REFUSED',
          `${MOST_WINDOWS} sessions use the browser already. One is free when it has not been used for a while.`,
        )
      const entry: Entry = known ?? { window: make(request), users: 0 }
      windows.set(owner, entry)
      entry.users += 1
      clearTimeout(entry.timer)
      try {
        const window = await entry.window
        if (known === undefined)
          // Chromium itself may end: what comes next begins anew.
          window.context.once('close', () => void close(owner, entry))
        return await action(window)
      } finally {
        entry.users -= 1
        if (entry.users === 0)
          entry.timer = setTimeout(() => void close(owner, entry), idleMs).unref()
        await entry.window.catch(() => close(owner, entry))
      }
    },
    async close() {
      await Promise.all([...windows].map(([owner, entry]) => close(owner, entry)))
    },
  }
}
