import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { reporter } from './reporter.ts'

const tests = '{src,test}/**/*.test.ts'

/** `vitest --project packages` runs one of them. */
const projects = {
  packages: [`packages/*/${tests}`],
  apps: [`apps/*/${tests}`],
  repository: ['.ci/test/**/*.test.ts'],
}

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    reporters: ['default', reporter],
    pool: 'forks',
    // Most tests wait for processes and sockets: two cores serve three of them.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // Only what a test sets itself: no developer's keys, state directory or config path.
    env: { NO_COLOR: '1' },
    projects: Object.entries(projects).map(([name, include]) => ({
      extends: true as const,
      test: { name, include },
    })),
  },
})
