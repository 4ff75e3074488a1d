import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { reporter } from './reporter.ts'

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['{packages,apps,examples}/*/{src,test}/**/*.test.ts', '.ci/test/**/*.test.ts'],
    reporters: ['default', reporter],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Only what a test sets itself: no developer's keys, state directory or config path.
    env: { NO_COLOR: '1' },
  },
})
