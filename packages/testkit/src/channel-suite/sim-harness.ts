import type { Address } from '@junctor/channel'
import { createSimChannel, type SimConfig, type SimOptions } from '../sim.ts'
import type { ChannelHarness } from './harness.ts'

/** The simulator as the suite sees it: the smallest complete example of a harness. */
export async function simHarness(options: SimOptions = {}): Promise<ChannelHarness<SimConfig>> {
  const sim = createSimChannel(options)
  const peer = { kind: 'dm', id: 'alice' } as const
  const address: Address = { channel: sim.channel.id, accountId: 'default', peer }
  return {
    channel: sim.channel,
    config: { token: 'sim-secret-1' },
    refusedConfig: { token: 'refused' },
    accountId: 'default',
    address,
    threadAddress: { ...address, threadId: 'thread-1' },
    secrets: ['sim-secret-1'],
    say: ({ text, self, inThread, replyTo, file }) =>
      sim.say({
        text,
        ...(self ? { from: 'self' } : {}),
        ...(inThread ? { threadId: 'thread-1' } : {}),
        ...(replyTo === undefined ? {} : { replyTo }),
        ...(file ? { file: { ...file, mediaType: 'application/octet-stream' } } : {}),
      }),
    shown: () =>
      sim.messages(peer.id).map(({ id, text, threadId, replyTo, reactions, files }) => ({
        id,
        text,
        threadId,
        replyTo,
        reactions,
        files: files.length,
      })),
    acknowledged: sim.acknowledged,
    countCalls: sim.countCalls,
    fault: (operation, effect, times = 1) => sim.faults.add({ ...effect, on: operation, times }),
    faultStream: (effect) => sim.faults.add({ ...effect, on: 'stream' }),
    waitFor: sim.waitFor,
    stop: sim.stop,
    restart: sim.restart,
    dispose: sim.stop,
  }
}
