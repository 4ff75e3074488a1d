import { describe, it } from 'node:test'
import { channelSuite } from '@junctor/testkit/channel-suite'
import { channel } from '../src/channel.ts'
import { harness } from './harness.ts'

channelSuite({
  describe: (name, body) => void describe(name, body),
  it: (name, body) => void it(name, body),
  name: '__name__',
  capabilities: channel.capabilities,
  harness,
  // Rules that cannot be asked of the platform, each with the reason: 'name of the rule': 'why not'.
  notApplicable: {},
})
