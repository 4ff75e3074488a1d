import { existsSync } from 'node:fs'
import type { Browser, BrowserType } from 'playwright-core'
import { ToolError } from '../errors.ts'

export interface ChromiumOptions {
  /** Default: where systems install it. */
  readonly executablePath?: string
  /** Runs without Chromium's own sandbox, which root and many containers cannot have. Default: false. */
  readonly noSandbox?: boolean
}

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** Starts Chromium. Throws `ToolError` `UNREACHABLE` with the setting that helps. */
export async function startChromium(
  tool: string,
  { executablePath, noSandbox = false }: ChromiumOptions,
): Promise<Browser> {
  const path = executablePath ?? usualPlaces.find((place) => existsSync(place))
  if (path === undefined || !existsSync(path))
    throw new ToolError(
      tool,
      'UNREACHABLE',
      `${path === undefined ? 'Chromium is not installed on the gateway' : `There is no ${path}`}. Whoever runs it installs one, or says in browser.executablePath where it is.`,
    )
  const chromium = await loadChromium(tool)
  try {
    return await chromium.launch({
      executablePath: path,
      chromiumSandbox: !noSandbox,
      // None of the gateway's own variables.
      env: { HOME: process.env['HOME'] ?? '/', PATH: process.env['PATH'] ?? '' },
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      args: [
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-gpu',
        // What does not go through the proxy goes nowhere.
        '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
      ],
    })
  } catch (error) {
    const [reason = ''] = String(error).split('\n')
    const hint = /sandbox/i.test(String(error)) ? ' browser.noSandbox may help.' : ''
    throw new ToolError(tool, 'UNREACHABLE', `Chromium does not start: ${reason}.${hint}`, {
      cause: error,
    })
  }
}

async function loadChromium(tool: string): Promise<BrowserType> {
  try {
    return (await import('playwright-core')).chromium
  } catch (error) {
    throw new ToolError(
      tool,
      'UNREACHABLE',
      'The browser needs the npm package playwright-core, which whoever runs the gateway installs beside it.',
      { cause: error },
    )
  }
}
