import { describe, it } from 'vitest'
import { createSimChannel } from '@junctor/testkit'
import { channelSuite, simHarness } from '@junctor/testkit/channel-suite'

const { capabilities } = createSimChannel().channel

channelSuite({ describe, it, name: 'simulator', capabilities, harness: () => simHarness() })

const poor = {
  edit: false,
  stream: false,
  remove: false,
  reactions: false,
  typing: false,
  idempotentSend: false,
} as const

channelSuite({
  describe,
  it,
  name: 'simulator that can do little',
  capabilities: { ...capabilities, ...poor },
  harness: () => simHarness({ capabilities: poor }),
})
