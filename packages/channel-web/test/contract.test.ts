import { describe, expect, it, onTestFinished } from 'vitest'
import { web } from '@junctor/channel-web'
import { channelSuite } from '@junctor/testkit/channel-suite'
import { webHarness } from './harness.ts'
import { createHost, signal } from './open-web.ts'

const noPlatform = 'the tabs come to the gateway, there is no platform to call'
const noWait = 'a send has ended before anything else can happen'
const noLogin = 'an account has no credentials'

channelSuite({
  describe,
  it,
  name: 'web',
  capabilities: web().capabilities,
  harness: webHarness,
  notApplicable: {
    'marks its own messages, and only those': 'nothing but the channel writes as the agent',
    'takes an answer to its own message as a call': 'the page is one direct conversation',
    'reports a rate limit with the time to wait, and leaves the waiting to the caller': noPlatform,
    'reports UNKNOWN when a message was posted and the answer got lost': noPlatform,
    'reports UNAVAILABLE when the platform cannot be reached': noPlatform,
    'never tries a failed message again by itself': noPlatform,
    'gives a send up when its signal aborts': noWait,
    'rejects open with UNAUTHORIZED when the credentials are refused': noLogin,
    'rejects open with a code worth another try when the platform cannot be reached': noPlatform,
    'throws errors of its own channel, without secrets in them or in the log': noPlatform,
    'lets a send in flight finish before it has closed': noWait,
    'cuts sends off when closing has to end': noWait,
    'reports an outage, comes back by itself and goes on receiving': noPlatform,
    'says so when another process takes its connection over': noPlatform,
    'asks for a login when its credentials are withdrawn': noLogin,
  },
})

describe('a page whose gateway was away', () => {
  it('brings what was written meanwhile and shows what is answered then', async () => {
    const harness = await webHarness()
    onTestFinished(() => harness.dispose())
    const { host, received } = createHost()
    const connection = await harness.channel.open(harness.config, host)
    onTestFinished(() => connection.close({ signal }))
    const first = harness.say({ text: 'before' })
    await harness.waitFor(() => harness.acknowledged().includes(first))

    await harness.stop()
    const second = harness.say({ text: 'anybody there?' })
    await harness.restart()
    await harness.waitFor(() => harness.acknowledged().includes(second))
    expect(received.map(({ nativeId }) => nativeId)).toEqual([first, second])

    await harness.waitFor(() => harness.countCalls('open') === 2)
    const answer = { text: 'yes', format: 'plain' } as const
    const call = { idempotencyKey: 'k', signal }
    const { nativeId } = await connection.send(harness.address, answer, call)
    expect((await harness.shown()).map(({ id }) => id)).toContain(nativeId)
  })
})

describe('a hundred answers', () => {
  it('in a row come whole and in order', async () => {
    const harness = await webHarness()
    onTestFinished(() => harness.dispose())
    const { host } = createHost()
    const connection = await harness.channel.open(harness.config, host)
    onTestFinished(() => connection.close({ signal }))
    const texts = Array.from({ length: 100 }, (_, index) => `answer ${index} 👩‍👩‍👧`)
    for (const [index, text] of texts.entries())
      await connection.send(
        harness.address,
        { text, format: 'markdown' },
        { idempotencyKey: `key ${index}`, signal },
      )
    expect((await harness.shown()).map(({ text }) => text)).toEqual(texts)
  })
})
