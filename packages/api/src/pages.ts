import { createHash } from 'node:crypto'

/** The few words that someone without a session gets to see. No scripts, nothing secret. */
export interface Page {
  readonly title: string
  /** Trusted HTML. */
  readonly body: string
  /** Navigate here at once. */
  readonly next?: string
}

export const loginNeededPage: Page = {
  title: 'Log in to Junctor',
  body: `<p>This gateway is private, and this browser is not logged in yet.</p>
<p>Open the login link that the gateway printed in its terminal when it started, or ask for a new one:</p>
<pre><code>junctor login</code></pre>
<p>A link works once, for a few minutes. The browser then stays logged in.</p>`,
}

export const linkSpentPage: Page = {
  title: 'This login link no longer works',
  body: `<p>A login link works once and expires after a few minutes. Ask for a new one:</p>
<pre><code>junctor login</code></pre>`,
}

/**
 * The session cookie is `SameSite=Strict`. After a redirect the browser would still count the navigation as coming from
 * the site or program that the link was clicked in, and hold the cookie back. A page of ours that navigates on does not
 * have that problem.
 */
export const loggedInPage: Page = {
  title: 'Logged in',
  body: '<p>Logged in. <a href="/">Continue</a></p>',
  next: '/',
}

const style = `:root{color-scheme:light dark;font:1rem/1.6 system-ui,sans-serif}
body{max-width:34rem;margin:12vh auto;padding:0 1.25rem}
h1{font-size:1.35rem;line-height:1.3}
pre{padding:.75rem 1rem;border:1px solid color-mix(in srgb,currentColor 25%,transparent);border-radius:.5rem;overflow-x:auto}
code{font:.95rem ui-monospace,monospace}`

const styleHash = createHash('sha256').update(style).digest('base64')

export function renderPage({ title, body, next }: Page, status: number): Response {
  const refresh = next === undefined ? '' : `<meta http-equiv="refresh" content="0;url=${next}">`
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
${refresh}<title>${title}</title><style>${style}</style></head>
<body><main><h1>${title}</h1>
${body}
</main></body></html>
`
  return new Response(html, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    },
  })
}
