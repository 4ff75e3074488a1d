import { acceptCases } from './store-suite/accept.ts'
import { backlogCases } from './store-suite/backlog.ts'
import { commitCases } from './store-suite/commit.ts'
import { deliveryCases } from './store-suite/deliveries.ts'
import { gatewayCases } from './store-suite/gateway.ts'
import { journalCases } from './store-suite/journal.ts'
import { keptCases } from './store-suite/kept.ts'
import { laneCases } from './store-suite/lanes.ts'
import { randomWalkCases } from './store-suite/random-walk.ts'
import { readingCases } from './store-suite/reading.ts'
import { removalCases } from './store-suite/removal.ts'
import { restoreCases } from './store-suite/restore.ts'
import { createRunner, type StoreSuiteOptions } from './store-suite/runner.ts'
import { tableCases } from './store-suite/table.ts'

export type { OpenStore, StoreSuiteOptions, StoreUnderTest } from './store-suite/runner.ts'

/**
 * Every rule of the store contract as a test. Works with the `describe` and `it` of any test runner, and uses no clock but
 * the one it hands to `open`.
 *
 * ```ts no-run
 * storeSuite({ describe, it, name: 'my store', open: async ({ now }) => ({ store: openMyStore({ now }) }) })
 * ```
 */
export function storeSuite(options: StoreSuiteOptions): void {
  const run = createRunner(options)
  options.describe(`${options.name}: store contract`, () => {
    acceptCases(run)
    laneCases(run)
    backlogCases(run)
    keptCases(run)
    commitCases(run)
    journalCases(run)
    deliveryCases(run)
    readingCases(run)
    removalCases(run)
    restoreCases(run)
    tableCases(run)
    gatewayCases(run)
    randomWalkCases(run)
  })
}
