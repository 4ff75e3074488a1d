import type { Capabilities } from '@junctor/channel'
import { changingCases } from './channel-suite/changing.ts'
import type { ChannelHarness } from './channel-suite/harness.ts'
import { lifecycleCases } from './channel-suite/lifecycle.ts'
import { receivingCases } from './channel-suite/receiving.ts'
import { sendingCases } from './channel-suite/sending.ts'
import { createBench } from './channel-suite/session.ts'
import { streamingCases } from './channel-suite/streaming.ts'
import type { SuiteCase } from './channel-suite/suite-case.ts'

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
  /**
   * Rules that cannot be asked of this platform, by name, each with the reason: they are left out. A name that no rule
   * for these capabilities has is an error, and so is a missing reason.
   */
  readonly notApplicable?: Readonly<Record<string, string>>
  /** A fresh platform for every rule. */
  readonly harness: () => Promise<ChannelHarness<Config>>
  /** How long the suite waits for anything before it calls it a failure. Default 5 seconds. */
  readonly patienceMs?: number
}

/** The rules that every channel keeps, as tests. */
export function channelSuite<Config>(options: ChannelSuiteOptions<Config>): void {
  const {
    describe,
    it,
    name,
    capabilities,
    harness,
    notApplicable = {},
    patienceMs = 5000,
  } = options
  const groups = Object.entries({
    receiving: receivingCases,
    sending: sendingCases,
    changing: changingCases,
    streaming: streamingCases,
    lifecycle: lifecycleCases,
  }).map(([group, all]) => ({
    group,
    cases: all.filter(({ applies }) => !applies || applies(capabilities)),
  }))
  requireRules(
    notApplicable,
    groups.flatMap(({ cases }) => cases),
  )
  const isAsked = ({ name: rule }: SuiteCase): boolean => !Object.hasOwn(notApplicable, rule)
  describe(`channel contract: ${name}`, () => {
    for (const { group, cases: all } of groups) {
      const cases = all.filter(isAsked)
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

function requireRules(
  notApplicable: Readonly<Record<string, string>>,
  cases: readonly SuiteCase[],
): void {
  const rules = new Set(cases.map(({ name }) => name))
  for (const [rule, reason] of Object.entries(notApplicable)) {
    if (!rules.has(rule)) {
      throw new TypeError(`notApplicable names "${rule}", which is no rule for these capabilities`)
    }
    if (reason.trim() === '') throw new TypeError(`notApplicable gives no reason for "${rule}"`)
  }
}
