import type { Capabilities } from '@junctor/channel'
import { changingCases } from './channel-suite/changing.ts'
import type { ChannelHarness } from './channel-suite/harness.ts'
import { lifecycleCases } from './channel-suite/lifecycle.ts'
import { receivingCases } from './channel-suite/receiving.ts'
import { sendingCases } from './channel-suite/sending.ts'
import { createBench } from './channel-suite/session.ts'

export type {
  ChannelHarness,
  HarnessMessage,
  HarnessOperation,
  HarnessSay,
} from './channel-suite/harness.ts'
export { simHarness } from './channel-suite/sim-harness.ts'

export interface ChannelSuiteOptions<Config> {
  /** From vitest, `node:test` or any runner that has them. */
  readonly describe: (name: string, body: () => void) => void
  readonly it: (name: string, body: () => Promise<void>) => void
  readonly name: string
  /** Of the channel under test: they decide which rules apply. */
  readonly capabilities: Capabilities
  /** A fresh platform for every rule. */
  readonly harness: () => Promise<ChannelHarness<Config>>
  /** How long the suite waits for anything before it calls it a failure. Default 5 seconds. */
  readonly patienceMs?: number
}

/** The rules that every channel keeps, as tests. */
export function channelSuite<Config>(options: ChannelSuiteOptions<Config>): void {
  const { describe, it, name, capabilities, harness, patienceMs = 5000 } = options
  const groups = {
    receiving: receivingCases,
    sending: sendingCases,
    changing: changingCases,
    lifecycle: lifecycleCases,
  }
  describe(`channel contract: ${name}`, () => {
    for (const [group, all] of Object.entries(groups)) {
      const cases = all.filter(({ applies }) => !applies || applies(capabilities))
      // A describe without tests is an error to most runners.
      if (cases.length === 0) continue
      describe(group, () => {
        for (const { name: rule, run } of cases) {
          it(rule, async () => {
            const bench = createBench(await harness(), patienceMs)
            try {
              await run(bench)
            } finally {
              await bench.dispose()
            }
          })
        }
      })
    }
  })
}
