import { labelled, type Tool, type ToolContext } from '@junctor/agent'
import { JunctorError } from '@junctor/errors'
import type { Page } from 'playwright-core'
import { ToolError } from '../errors.ts'
import { readInput, type InputReader } from '../input.ts'
import type { ResolveName } from '../web/guarded-network.ts'
import { toWebUrl } from '../web/request-page.ts'
import type { ChromiumOptions } from './chromium.ts'
import { createWindows, type Window } from './windows.ts'

export interface BrowserSettings extends ChromiumOptions {
  /** As for `web_fetch`. */
  readonly privateHosts?: readonly string[]
  /** Finds the addresses of a name. Default: as the system does. */
  readonly resolve?: ResolveName
}

export interface Browsers {
  /** The tool `browser` with these settings. */
  tool(settings: BrowserSettings): Tool
  close(): Promise<void>
}

const name = 'browser'
const SHOWN_LENGTH = 20_000
const LOAD_LIMIT_MS = 30_000

const actions = [
  'open',
  'navigate',
  'snapshot',
  'click',
  'type',
  'press',
  'screenshot',
  'tabs',
  'close',
] as const
type Action = (typeof actions)[number]

/** The tool `browser`: a Chromium in which every session has a window of its own. Chromium runs while one is open. */
export function createBrowsers({
  idleMs = 600_000,
}: {
  /** Default: 600,000. */
  readonly idleMs?: number
} = {}): Browsers {
  const windows = createWindows(name, { idleMs })
  return {
    tool: ({ privateHosts = [], ...settings }) => ({
      name,
      description:
        'Use web pages in a browser of your own. `open` a url in a new tab or `navigate` in the tab; `snapshot` reads it with a ref such as e5 for each element; `click`, `type` and `press` use it; `screenshot` saves a picture in your workspace; `tabs` lists, `close` closes.',
      inputSchema,
      once: true,
      timeoutMs: 90_000,
      async run(input, context) {
        const fields = readInput(name, input)
        const action = fields.oneOf('action', actions)
        // With other settings it is another window: the one of before closes when its time is up.
        const owner = JSON.stringify([context.agent.id, context.sessionKey, privateHosts, settings])
        return windows.use(owner, { ...settings, privateHosts }, async (window) => {
          try {
            const done = await act(action, fields, window, context)
            return [done, ...blocked(window)].join('\n')
          } catch (error) {
            context.signal.throwIfAborted()
            throw toKnownError(error, blocked(window))
          }
        })
      },
    }),
    close: () => windows.close(),
  }
}

async function act(
  action: Action,
  fields: InputReader,
  window: Window,
  { workbench, signal }: ToolContext,
): Promise<string> {
  const { context, tabs } = window
  if (action === 'tabs') return listTabs(window)
  if (action === 'open') {
    const url = await allowedUrl(fields, window)
    const before = window.current
    const page = await context.newPage()
    if (window.current === before || page.isClosed())
      throw new ToolError(name, 'REFUSED', 'There are too many tabs: close one first.')
    await page.goto(url, { waitUntil: 'domcontentloaded', timeout: LOAD_LIMIT_MS })
    return snapshot(page, window, 0)
  }
  const tab = fields.optionalText('tab') ?? window.current ?? ''
  const page = tabs.get(tab)
  if (page === undefined)
    throw new ToolError(
      name,
      'NOT_FOUND',
      tabs.size === 0
        ? 'No tab is open. Use the action open.'
        : `There is no tab "${tab}". There are: ${[...tabs.keys()].join(', ')}.`,
    )
  window.current = tab
  switch (action) {
    case 'navigate':
      await page.goto(await allowedUrl(fields, window), {
        waitUntil: 'domcontentloaded',
        timeout: LOAD_LIMIT_MS,
      })
      return snapshot(page, window, 0)
    case 'snapshot':
      return snapshot(page, window, fields.count('offset', { otherwise: 0 }))
    case 'click':
      await page.getByRef(fields.text('ref')).click()
      await page.waitForLoadState('domcontentloaded', { timeout: LOAD_LIMIT_MS })
      return snapshot(page, window, 0)
    case 'type':
      await page.getByRef(fields.text('ref')).fill(fields.text('text'))
      if (fields.flag('submit')) {
        await page.getByRef(fields.text('ref')).press('Enter')
        await page.waitForLoadState('domcontentloaded', { timeout: LOAD_LIMIT_MS })
      }
      return snapshot(page, window, 0)
    case 'press':
      await page.keyboard.press(fields.text('key'))
      return snapshot(page, window, 0)
    case 'screenshot': {
      const path = fields.optionalText('path') ?? 'screenshot.png'
      const picture = await page.screenshot({ type: 'png' })
      await (await workbench()).writeFile(path, picture, { signal })
      return `Saved ${path} (${picture.length} bytes).`
    }
    case 'close':
      await page.close()
      return listTabs(window)
  }
}

async function allowedUrl(fields: InputReader, { network }: Window): Promise<string> {
  const url = toWebUrl(name, fields.text('url'))
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  // Told before Chromium makes an error of its own out of it; the proxy checks once more.
  await network.resolve(url.hostname.replace(/^\[(.*)\]$/, '$1'), port).catch((error: unknown) => {
    if (error instanceof ToolError) throw error
    throw new ToolError(name, 'UNREACHABLE', `There is no host "${url.hostname}".`, {
      cause: error,
    })
  })
  return url.href
}

async function snapshot(page: Page, { tabs }: Window, offset: number): Promise<string> {
  const text = await page.ariaSnapshot({ mode: 'ai' })
  const title = await page.title()
  const end = Math.min(text.length, offset + SHOWN_LENGTH)
  const tab = [...tabs].find(([, other]) => other === page)?.[0] ?? ''
  const more =
    end < text.length
      ? ` Characters ${offset} to ${end} of ${text.length}; snapshot with offset ${end} gives the next part.`
      : ''
  const shown = labelled(page.url(), `${title}\n${text.slice(offset, end)}`)
  return `[Tab ${tab}.${more}]\n${shown}`
}

function listTabs({ tabs, current }: Window): string {
  if (tabs.size === 0) return 'No tab is open.'
  return [...tabs]
    .map(([tab, page]) => {
      const mark = tab === current ? ' (current)' : ''
      return `${tab}${mark}\n${labelled(`tab ${tab}`, page.url())}`
    })
    .join('\n')
}

function blocked({ proxy }: Window): readonly string[] {
  return [...new Set(proxy.refusals())].map((reason) => `[Blocked: ${reason}]`)
}

function toKnownError(error: unknown, notes: readonly string[]): Error {
  if (JunctorError.isInstance(error)) return error
  const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
  return new ToolError(name, 'UNREACHABLE', [reason, ...notes].join('\n'), { cause: error })
}

const text = (description: string) => ({ type: 'string', description }) as const
const inputSchema = {
  type: 'object',
  properties: {
    action: { type: 'string', enum: actions },
    url: text('http or https address, for open and navigate'),
    tab: text('A tab such as t1. Default: the one used last'),
    ref: text('An element of the last snapshot, such as e5, for click and type'),
    text: text('What to write in place of what is there, for type'),
    submit: { type: 'boolean', description: 'Press Enter after typing. Default: false' },
    key: text('Such as Enter, Tab or PageDown, for press'),
    path: text('Where a screenshot goes in the workspace. Default: screenshot.png'),
    offset: { type: 'integer', minimum: 0, description: 'Characters of the snapshot to skip' },
  },
  required: ['action'],
  additionalProperties: false,
} as const
