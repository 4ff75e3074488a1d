import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Address, Channel, Connection } from '@junctor/channel'
import { slack, type SlackConfig, type SlackOptions } from '@junctor/channel-slack'
import type { ChannelHarness, HarnessOperation } from '@junctor/testkit/channel-suite'
import {
  createSlackServer,
  type AppEvent,
  type ShownMessage,
  type SlackWorkspace,
} from '@junctor/testkit/slack'

export type Mode = 'socket' | 'http'

export const botToken = 'xoxb-fake-secret-one'
const appToken = 'xapp-fake-secret-one'
const signingSecret = 'fake-signing-secret-one'
const channel = 'C0GENERAL'

export const quickTiming: SlackOptions = {
  firstBackoffMs: 5,
  maxBackoffMs: 20,
  requestTimeoutMs: 5000,
  helloTimeoutMs: 5000,
  pulseMs: 20,
  storeTimeoutMs: 20_000,
}

export function configOf(mode: Mode, apiRoot: string): SlackConfig {
  return { botToken, apiRoot, ...(mode === 'socket' ? { appToken } : { signingSecret }) }
}

export const workspaceOptions = { botToken, appToken, signingSecret, name: 'junctor' }

const methods: Readonly<Record<HarnessOperation, string>> = {
  open: 'auth.test',
  receive: 'apps.connections.open',
  send: 'chat.postMessage',
  edit: 'chat.update',
  remove: 'chat.delete',
  react: 'reactions.add',
  typing: 'assistant.threads.setStatus',
  download: 'files.info',
}

/** The SDK's own clients against a Slack of ours. The conversation is a channel, and a message in it has a thread. */
export async function slackHarness(mode: Mode): Promise<ChannelHarness<SlackConfig>> {
  const server = await createSlackServer({
    workspaces: [workspaceOptions],
    ackTimeoutMs: 60_000,
    retryAfterMs: 20,
    mostRetries: 1_000_000,
  })
  const workspace = server.workspace(botToken)
  const thread = '1700000000.000001'
  workspace.addConversation(channel)
  const peer = { kind: 'channel', id: channel } as const
  const address: Address = { channel: 'slack', accountId: 'default', peer }
  const entrance = await openEntrance(mode, workspace)
  return {
    channel: entrance.wrap(slack(quickTiming)),
    config: configOf(mode, server.url),
    refusedConfig: { ...configOf(mode, server.url), botToken: 'xoxb-refused' },
    accountId: 'default',
    address,
    threadAddress: { ...address, threadId: thread },
    recipientId: 'U42',
    secrets: [botToken, appToken, signingSecret],
    say({ text: said, self, inThread, replyTo, file }) {
      const threadTs = replyTo ?? (inThread ? thread : undefined)
      const { ts } = workspace.say({
        channel,
        text: said,
        ...(self ? { from: 'self' } : {}),
        ...(threadTs === undefined ? {} : { thread: threadTs }),
        ...(file ? { file } : {}),
      })
      return ts
    },
    shown: () => workspace.messages(channel).map(toHarnessMessage),
    acknowledged: () => workspace.acknowledged().map(timestampOf),
    countCalls: (operation) => workspace.countCalls(methods[operation]),
    fault(operation, effect, times = 1) {
      if (operation !== 'receive') {
        workspace.faults.add({ ...effect, on: methods[operation], times })
      } else if (effect.kind === 'duplicate') {
        workspace.faults.add({ ...effect, on: 'event', times })
      } else if (mode === 'http') {
        // Over HTTP nothing but the bot token can be withdrawn.
        workspace.faults.add({ ...effect, on: 'auth.test', times })
      } else {
        workspace.faults.add({ ...effect, on: 'apps.connections.open', times })
        workspace.cut()
      }
    },
    faultStream: (effect) => workspace.faults.add({ ...effect, on: 'chat.*Stream' }),
    waitFor: server.waitFor,
    async stop() {
      await server.stop()
      // By the time a new connection is refused, the client has seen its old ones closed.
      await fetch(server.url).catch(() => {})
    },
    restart: server.restart,
    async dispose() {
      await server.stop()
      entrance.close()
    },
  }
}

function toHarnessMessage({ ts, text: shown, message, reactions }: ShownMessage) {
  const { thread_ts: thread, files = [] } = message
  const emojis: Readonly<Record<string, string>> = { '+1': '👍' }
  return {
    id: ts,
    text: shown,
    threadId: thread,
    replyTo: thread,
    reactions: reactions.map((name) => emojis[name] ?? name),
    files: files.length,
  }
}

function timestampOf({ body }: AppEvent): string {
  return String((body['event'] as { readonly ts?: string } | undefined)?.ts)
}

export interface Entrance {
  /** The same channel, whose newest connection gets the requests. */
  wrap<Config>(channel: Channel<Config>): Channel<Config>
  close(): void
}

/** What a gateway does: mount the connection where Slack posts to. */
export async function openEntrance(mode: Mode, workspace: SlackWorkspace): Promise<Entrance> {
  let connection: Connection | undefined
  const wrap: Entrance['wrap'] = (inner) => ({
    ...inner,
    async open(config, host) {
      const opened = await inner.open(config, host)
      connection = opened
      return opened
    },
  })
  if (mode === 'socket') return { wrap, close() {} }
  const http: Server = createServer((request, response) => {
    void (async () => {
      const headers = new Headers(request.headers as Record<string, string>)
      const init = { method: 'POST', headers, body: await text(request) }
      const answer = await connection?.handleRequest?.(new Request('http://127.0.0.1/', init))
      response.writeHead(answer?.status ?? 503).end(await answer?.text())
    })()
  })
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve)
  })
  workspace.sendTo(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`)
  return {
    wrap,
    close() {
      http.closeAllConnections()
      http.close()
    },
  }
}
