import { describe, expect, it } from 'vitest'
import { openWeb } from '../test/open-web.ts'

/** The page and everything it loads, found as a browser finds it. */
async function crawl(): Promise<Map<string, string>> {
  const { request } = await openWeb()
  const found = new Map<string, string>()
  const queue = ['']
  for (const name of queue) {
    if (found.has(name)) continue
    const response = await request(name)
    expect(response.status, name).toBe(200)
    const text = await response.text()
    found.set(name, text)
    const references = text.matchAll(/(?:from '\.\/|src="|(?<!<a[^>]*)href=")([\w.-]+)/g)
    for (const [, reference = ''] of references) queue.push(reference)
  }
  return found
}

describe('the page', () => {
  it('loads everything it names, and nothing from elsewhere', async () => {
    const files = await crawl()
    expect([...files.keys()]).toEqual(
      expect.arrayContaining(['app.js', 'style.css', 'icon.svg', 'markdown.js', 'sender.js']),
    )
    for (const [name, text] of files) {
      expect(text, name).not.toMatch(/(?:src|href)="(?:https?:)?\/\/|url\(|@import/)
      expect(text, name).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/)
    }
  })

  it('allows only its own scripts and styles', async () => {
    const { request } = await openWeb()
    const policy = (await request('')).headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
  })

  it('is sent once and then only confirmed', async () => {
    const { request } = await openWeb()
    const first = await request('app.js')
    expect(first.headers.get('content-type')).toContain('text/javascript')
    const again = await request('app.js', {
      headers: { 'if-none-match': first.headers.get('etag') ?? '' },
    })
    expect(again.status).toBe(304)
    expect((await request('app.js', { headers: { 'if-none-match': '"old"' } })).status).toBe(200)
  })

  it.each(['nothing.js', 'package.json', '..%2Fpackage.json'])('has no %s', async (name) => {
    const { request } = await openWeb()
    expect((await request(name)).status).toBe(404)
  })
})
