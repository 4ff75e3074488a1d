import { describe, expect, it } from 'vitest'
import { readEvents } from '../test/open-web.ts'
import { createEventStreams } from './event-streams.ts'

function setUp(maxBufferedBytes = 10_000) {
  const streams = createEventStreams({ keepaliveMs: 60_000, maxBufferedBytes })
  const follow = () => readEvents(new Response(streams.open('owner')))
  return { streams, follow }
}

const edit = (text: string, nativeId = 'web-1') => ({ type: 'edit', nativeId, text }) as const

describe('a tab that reads slowly', () => {
  it('gets the newest text of a message, and messages in their order', async () => {
    const { streams, follow } = setUp()
    const tab = follow()
    for (const text of ['a', 'ab', 'abc']) streams.publish('owner', edit(text))
    streams.publish('owner', edit('other', 'web-2'))
    streams.publish('owner', edit('abcd'))
    expect(await tab.next()).toEqual({ type: 'ready' })
    const seen: unknown[] = []
    for (;;) {
      const event = await tab.next()
      seen.push(event)
      if (JSON.stringify(event).includes('other')) break
    }
    expect(seen.at(-2)).toEqual(edit('abcd'))
    streams.close()
  })

  it('gets a message with what its last edit says, not with what it no longer says', async () => {
    const { streams, follow } = setUp()
    const tab = follow()
    const draft = {
      type: 'message',
      direction: 'out',
      nativeId: 'web-1',
      text: 'a',
      at: 1,
    } as const
    for (let index = 0; index < 3; index += 1) streams.publish('owner', edit('x', `web-9${index}`))
    streams.publish('owner', { ...draft, format: 'plain' })
    streams.publish('owner', edit('ab'))
    let event = await tab.next()
    while (!JSON.stringify(event).includes('"web-1"')) event = await tab.next()
    expect(event).toEqual({ ...draft, text: 'ab' })
    streams.close()
  })

  it('is sent away when it falls too far behind, and the others stay', async () => {
    const { streams, follow } = setUp(2000)
    const slow = streams.open('owner')
    const quick = follow()
    expect(await quick.next()).toEqual({ type: 'ready' })
    for (let index = 0; index < 20; index += 1) {
      streams.publish('owner', edit('x', `web-${index}`))
      expect(await quick.next()).toMatchObject({ nativeId: `web-${index}` })
    }
    const tab = readEvents(new Response(slow))
    let count = 0
    while ((await tab.next()) !== undefined) count += 1
    expect(count).toBeLessThan(20)
    streams.publish('owner', edit('still here'))
    expect(await quick.next()).toMatchObject({ text: 'still here' })
    streams.close()
    expect(await quick.next()).toBeUndefined()
  })
})

describe('an idle tab', () => {
  it('is shown that the connection lives', async () => {
    const streams = createEventStreams({ keepaliveMs: 1, maxBufferedBytes: 1000 })
    const tab = readEvents(new Response(streams.open('owner')))
    expect(await tab.next()).toEqual({ type: 'ready' })
    expect(await tab.next()).toEqual({ type: 'ping' })
    streams.close()
  })
})
