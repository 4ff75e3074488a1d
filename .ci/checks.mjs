import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const checkTimeoutMs = 5 * 60_000
const testTimeoutMs = 30 * 60_000

/** What must hold beside the tests. Each counts as one check. */
const checks = [
  { name: 'types', command: ['tsc', '-p', '.ci/tsconfig.json'] },
  {
    name: 'lint',
    command: ['oxlint', '-c', '.ci/oxlintrc.json', '--type-aware', '--deny-warnings'],
  },
  { name: 'format', command: ['oxfmt', '-c', '.ci/oxfmtrc.json', '--check'] },
  {
    name: 'unused code',
    command: ['knip', '-c', '.ci/knip.json', '--no-progress', '--no-config-hints'],
  },
]

/**
 * Runs every check and every test, prints what failed and what was skipped, and ends with the count.
 *
 * @param {string} root
 * @param {string} node
 * @param {readonly string[]} testArguments passed on to the test runner
 * @returns {Promise<number>} the exit code
 */
export async function runChecks(root, node, testArguments) {
  const run = commandRunner(root, node)
  const startedAt = performance.now()
  const [first, second] = await Promise.all([
    runEvery(checks.slice(0, 2)),
    runEvery(checks.slice(2)),
  ])
  const results = [...first, ...second]
  const tests = await runTests(run, testArguments)

  const failures = [...results.filter((name) => name !== undefined), ...tests.failures]
  const passed = tests.passed + results.filter((name) => name === undefined).length
  for (const name of failures) print(`FAILED   ${name}`)
  for (const { name, reason } of tests.skipped)
    print(`SKIPPED  ${name}\n         because: ${reason}`)
  const seconds = Math.round((performance.now() - startedAt) / 1000)
  print(`${tests.skipped.length} skipped, ${seconds} s`)
  print(`${passed} passed, ${failures.length} failed`)
  return failures.length === 0 ? 0 : 1

  /** @param {typeof checks} list */
  async function runEvery(list) {
    const outcomes = []
    for (const { name, command } of list) {
      const { code, output } = await run(command, { timeoutMs: checkTimeoutMs })
      print(`${code === 0 ? 'ok      ' : 'FAILED  '} ${name}`)
      if (code !== 0) print(output)
      outcomes.push(code === 0 ? undefined : name)
    }
    return outcomes
  }
}

/**
 * @param {ReturnType<typeof commandRunner>} run
 * @param {readonly string[]} testArguments
 */
async function runTests(run, testArguments) {
  const folder = mkdtempSync(join(tmpdir(), 'junctor-test-'))
  const report = join(folder, 'report.json')
  try {
    const { code } = await run(
      ['vitest', 'run', '--config', '.ci/vitest.config.ts', ...testArguments],
      { timeoutMs: testTimeoutMs, live: true, env: { JUNCTOR_TEST_REPORT: report } },
    )
    const { passed, failures, skipped } = JSON.parse(readFileSync(report, 'utf8'))
    if (passed === 0 && failures.length === 0) failures.push('tests: none ran')
    if (code !== 0 && failures.length === 0) failures.push(`tests: the runner ended with ${code}`)
    return { passed, failures, skipped }
  } catch (error) {
    return { passed: 0, failures: [`tests: no report (${String(error)})`], skipped: [] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} root
 * @param {string} node
 */
function commandRunner(root, node) {
  /**
   * @param {readonly string[]} command a tool of node_modules/.bin and its arguments
   * @param {{ timeoutMs: number, live?: boolean, env?: Record<string, string> }} options
   * @returns {Promise<{ code: number, output: string }>}
   */
  return ([tool = '', ...args], { timeoutMs, live = false, env = {} }) =>
    new Promise((resolve) => {
      const script = binary(root, tool)
      const child = spawn(node, [script, ...args], {
        cwd: root,
        stdio: ['ignore', live ? 'inherit' : 'pipe', live ? 'inherit' : 'pipe'],
        env: { ...testEnvironment(root), ...env },
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
      })
      const chunks = []
      child.stdout?.on('data', (chunk) => chunks.push(chunk))
      child.stderr?.on('data', (chunk) => chunks.push(chunk))
      child.on('error', (error) => resolve({ code: 1, output: `${tool}: ${error.message}` }))
      child.on('close', (code, signal) => {
        if (signal !== null) chunks.push(Buffer.from(`${tool} was ended by ${signal}`))
        resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() })
      })
    })
}

/**
 * @param {string} root
 * @param {string} tool
 */
function binary(root, tool) {
  const name = tool === 'tsc' ? '@typescript/native' : tool
  const folder = join(root, 'node_modules', name)
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[tool])
}

/**
 * The environment without a developer's keys, tokens and gateway settings.
 *
 * @param {string} root
 */
function testEnvironment(root) {
  const personal = /^JUNCTOR_|_API_KEY$|_TOKEN$|_SECRET$|^NODE_OPTIONS$/i
  const kept = Object.entries(process.env).filter(([name]) => !personal.test(name))
  const path = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  return {
    ...Object.fromEntries(kept),
    PATH: path,
    ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }),
  }
}

/** @param {string} line */
function print(line) {
  process.stdout.write(`${line}\n`)
}
