import { slack } from '@junctor/channel-slack'
import { channelSuite } from '@junctor/testkit/channel-suite'
import { describe, it } from 'vitest'
import { slackHarness, type Mode } from './harness.ts'

const modes: readonly (readonly [Mode, string])[] = [
  ['socket', 'Slack by Socket Mode'],
  ['http', 'Slack over HTTP'],
]

for (const [mode, name] of modes)
  channelSuite({
    describe,
    it,
    name,
    capabilities: slack().capabilities,
    harness: () => slackHarness(mode),
    notApplicable: {
      'says so when another process takes its connection over':
        'Slack lets several connections stand side by side and gives each event to one of them: nobody takes over',
    },
  })
