import { describe, it } from 'vitest'
import { telegram } from '@junctor/channel-telegram'
import { channelSuite } from '@junctor/testkit/channel-suite'
import { telegramHarness } from './harness.ts'

channelSuite({
  describe,
  it,
  name: 'Telegram',
  capabilities: telegram().capabilities,
  harness: telegramHarness,
})
