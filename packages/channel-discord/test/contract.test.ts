import { describe, it } from 'vitest'
import { discord } from '@junctor/channel-discord'
import { channelSuite } from '@junctor/testkit/channel-suite'
import { discordHarness } from './harness.ts'

channelSuite({
  describe,
  it,
  name: 'Discord',
  capabilities: discord().capabilities,
  notApplicable: {
    'hands over what was written while it was closed':
      'Discord keeps nothing for an account that was never connected; what was missed later is tested beside this suite',
  },
  harness: discordHarness,
})
