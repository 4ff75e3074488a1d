import { writeFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/**
 * Writes the outcome of a run to the file that `JUNCTOR_TEST_REPORT` names. A test that cannot run here says why with
 * `context.skip('no Docker')`; the reason ends up in the report.
 */
export const reporter: Reporter = {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const file = process.env['JUNCTOR_TEST_REPORT']
    if (file !== undefined) writeFileSync(file, JSON.stringify(summarize(modules, unhandled)))
  },
}

function summarize(modules: readonly TestModule[], unhandled: readonly SerializedError[]): object {
  const skipped: { readonly name: string; readonly reason: string }[] = []
  const failures: string[] = unhandled.map((error) => `unhandled error: ${error.message}`)
  let passed = 0
  for (const module of modules) {
    // A file or suite that breaks outside a test fails no test of its own.
    if (module.errors().length > 0) failures.push(module.relativeModuleId)
    for (const suite of module.children.allSuites()) {
      if (suite.errors().length > 0) failures.push(`${module.relativeModuleId} > ${suite.fullName}`)
    }
    for (const test of module.children.allTests()) {
      const result = test.result()
      const name = `${module.relativeModuleId} > ${test.fullName}`
      if (result.state === 'passed') passed += 1
      else if (result.state === 'skipped') {
        skipped.push({ name, reason: result.note ?? 'no reason given' })
      } else failures.push(name)
    }
  }
  return { passed, failures, skipped }
}
