import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** Answers requests for the page's files, or undefined for a name that is none of them. */
export type Page = (name: string, request: Request) => Response | undefined

// Beside `src` and, once built, beside `dist`: the same relative path serves both.
const folder = new URL('../page/', import.meta.url)

const files = {
  '': 'index.html',
  'app.js': 'app.js',
  'announcer.js': 'announcer.js',
  'canvas-view.js': 'canvas-view.js',
  'command-menu.js': 'command-menu.js',
  'config-note.js': 'config-note.js',
  'conversation.js': 'conversation.js',
  'dom.js': 'dom.js',
  'event-stream.js': 'event-stream.js',
  'gateway.js': 'gateway.js',
  'look-again.js': 'look-again.js',
  'icon.svg': 'icon.svg',
  'markdown.js': 'markdown.js',
  'markdown-view.js': 'markdown-view.js',
  'message-view.js': 'message-view.js',
  'accounts-view.js': 'accounts-view.js',
  'approvals-view.js': 'approvals-view.js',
  'pairing-view.js': 'pairing-view.js',
  'sender.js': 'sender.js',
  'style.css': 'style.css',
  'why-view.js': 'why-view.js',
} as const

const mediaTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

// Trusted types turn every use of innerHTML into an error, so that no later change can let a message inject markup.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  // What an agent shows; it cannot lead its frame to another site either.
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

export async function loadPage(): Promise<Page> {
  const assets = new Map(
    await Promise.all(
      Object.entries(files).map(async ([name, file]) => [name, await loadAsset(file)] as const),
    ),
  )

  return (name, request) => {
    const asset = assets.get(name)
    if (asset === undefined) return undefined
    const headers = {
      'content-type': asset.mediaType,
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      // Ask every time: a new version of the gateway must not meet an old page.
      'cache-control': 'no-cache',
      etag: asset.etag,
    }
    const isKnown = request.headers.get('if-none-match') === asset.etag
    return isKnown
      ? new Response(null, { status: 304, headers })
      : new Response(request.method === 'HEAD' ? null : asset.text, { headers })
  }
}

async function loadAsset(
  file: string,
): Promise<{ readonly text: string; readonly mediaType: string; readonly etag: string }> {
  const text = await readFile(new URL(file, folder), 'utf8')
  return {
    text,
    mediaType: mediaTypes[file.slice(file.lastIndexOf('.') + 1)] ?? 'text/plain; charset=utf-8',
    etag: `"${createHash('sha256').update(text).digest('base64url')}"`,
  }
}
