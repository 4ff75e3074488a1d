import { describe, it } from 'vitest'
import { whatsapp } from '@junctor/channel-whatsapp'
import { channelSuite } from '@junctor/testkit/channel-suite'
import { whatsAppHarness } from './harness.ts'

channelSuite({
  describe,
  it,
  name: 'WhatsApp',
  capabilities: whatsapp().capabilities,
  harness: whatsAppHarness,
  notApplicable: {
    'reports a rate limit with the time to wait, and leaves the waiting to the caller':
      'a refusal of WhatsApp says "429" and no time; sending.test.ts has the rest of the rule',
  },
  patienceMs: 15_000,
})
