import type { ChannelHarness } from '@junctor/testkit/channel-suite'
import { channel } from '../src/channel.ts'
import type { Config } from '../src/config.ts'

/** Your platform as the rules see it. `createFaults` and `createChangeWatch` of `@junctor/testkit` are of help. */
export async function harness(): Promise<ChannelHarness<Config>> {
  const notYet = (verb: string) => (): never => {
    throw new Error(`test/harness.ts: ${verb} is not written yet`)
  }
  return {
    channel,
    config: { token: 'a-fake-token' },
    refusedConfig: { token: 'one-that-the-platform-does-not-know' },
    accountId: 'default',
    address: { channel: '__name__', accountId: 'default', peer: { kind: 'dm', id: 'alice' } },
    secrets: ['a-fake-token'],
    say: notYet('say'),
    shown: notYet('shown'),
    acknowledged: notYet('acknowledged'),
    countCalls: notYet('countCalls'),
    fault: notYet('fault'),
    waitFor: notYet('waitFor'),
    stop: async () => notYet('stop')(),
    restart: async () => notYet('restart')(),
    dispose: async () => {},
  }
}
