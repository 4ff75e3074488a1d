import type { Channel, Health } from '@junctor/channel'
import { createChangeWatch } from '@junctor/testkit'
import type { ChannelHarness } from '@junctor/testkit/channel-suite'
import { channel } from 'junctor-channel-irc'
import type { IrcConfig } from '../src/config.ts'
import { createIrcServer, type IrcServer } from './irc-server.ts'

const room = '#family'
const password = 'fake-secret-of-the-server'

export function configOf(server: IrcServer): IrcConfig {
  return {
    host: '127.0.0.1',
    port: server.port,
    tls: false,
    nick: 'robot',
    password,
    rooms: [room],
  }
}

/** The little server as the conformance suite sees it. */
export async function ircHarness(): Promise<ChannelHarness<IrcConfig>> {
  const server = await createIrcServer({ password })
  const watched = watchHealth()
  let isStopped = false
  const stop = async (): Promise<void> => {
    if (isStopped) return
    isStopped = true
    await server.stop()
    // Until then a message may be on its way into a connection that has ended.
    await watched.untilOffline()
  }
  return {
    channel: watched.channel,
    config: configOf(server),
    refusedConfig: { ...configOf(server), password: 'not-the-secret' },
    accountId: 'default',
    address: { channel: 'irc', accountId: 'default', peer: { kind: 'group', id: room } },
    secrets: [password],
    say: ({ text, self = false, replyTo }) =>
      server.say({
        from: self ? 'robot' : 'alice',
        target: room,
        text,
        ...(replyTo === undefined ? {} : { replyTo }),
      }),
    shown: () =>
      server.said.map(({ id, text, replyTo }) => ({ id, text, replyTo, reactions: [], files: 0 })),
    acknowledged: () => [],
    countCalls: server.countCalls,
    fault: (operation, effect, times = 1) => server.faults.add({ ...effect, on: operation, times }),
    waitFor: server.waitFor,
    stop,
    async restart() {
      await server.restart()
      isStopped = false
    },
    dispose: stop,
  }
}

/** The channel, and a way to wait until it knows that the server is gone. */
function watchHealth(): { readonly channel: Channel<IrcConfig>; untilOffline(): Promise<void> } {
  const watch = createChangeWatch()
  let health: Health['state'] = 'offline'
  return {
    channel: {
      ...channel,
      async open(config, host) {
        const connection = await channel.open(config, {
          ...host,
          report(state) {
            health = state.state
            host.report(state)
            watch.changed()
          },
        })
        return {
          ...connection,
          async close(options) {
            health = 'offline'
            watch.changed()
            await connection.close(options)
          },
        }
      },
    },
    untilOffline: () => watch.waitFor(() => health !== 'online'),
  }
}
