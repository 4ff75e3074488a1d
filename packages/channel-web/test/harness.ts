import { createChangeWatch, createFaults } from '@junctor/testkit'
import type { ChannelHarness } from '@junctor/testkit/channel-suite'
import { web, type WebConfig } from '@junctor/channel-web'
import { openBrowserTab } from './browser-tab.ts'
import { to } from './open-web.ts'
import { createPageServer } from './page-server.ts'

/** The page in a tab of its own, over HTTP. The tab is open when the account is. */
export async function webHarness(): Promise<ChannelHarness<WebConfig>> {
  const watch = createChangeWatch()
  const server = await createPageServer(watch.changed)
  const tab = openBrowserTab(server.url, watch.changed)
  const faults = createFaults({ supports: ['duplicate'] })
  const channel = web()
  let lastId = 0
  let lastMark = 0

  return {
    channel: {
      ...channel,
      async open(config, host) {
        const connection = await channel.open(config, host)
        server.mount(connection)
        await watch.waitFor(() => server.isFollowed() && tab.isFollowing())
        return connection
      },
    },
    config: {},
    // Nothing can be refused: there are no credentials.
    refusedConfig: {},
    accountId: to.accountId,
    address: to,
    say({ text, self, inThread, replyTo, file }) {
      if (self || inThread || replyTo !== undefined || file) {
        throw new TypeError('The page posts text and nothing else')
      }
      lastId += 1
      const id = `m${lastId}`
      // The page offers a message again when the answer got lost.
      tab.post(id, text, { extraTimes: faults.take('receive') ? 1 : 0 })
      return id
    },
    async shown() {
      lastMark += 1
      const id = lastMark
      await server.mark(id)
      await watch.waitFor(() => !tab.isFollowing() || tab.events.some((event) => event.id === id))
      return tab.shown().map((message) => ({ ...message, reactions: [], files: 0 }))
    },
    acknowledged: () => tab.settled,
    countCalls(operation) {
      if (operation === 'send') return tab.events.filter(isAnswer).length
      const wanted = operation === 'open' ? 'ready' : operation
      return tab.events.filter(({ type }) => type === wanted).length
    },
    fault: (operation, effect, times = 1) => faults.add({ ...effect, on: operation, times }),
    waitFor: watch.waitFor,
    stop: server.stop,
    restart: server.restart,
    async dispose() {
      tab.close()
      await server.stop()
    },
  }
}

function isAnswer({ type, direction }: { readonly type: string; readonly direction?: string }) {
  return type === 'message' && direction === 'out'
}
