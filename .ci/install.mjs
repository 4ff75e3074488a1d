import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Installs the dependencies unless node_modules already matches the lockfile. pnpm keeps a copy of the lockfile it
 * installed from and writes it last, so an interrupted or outdated installation shows.
 *
 * @param {string} root
 * @returns {string} the Node binary that the workspace pins
 */
export function ensureInstalled(root) {
  const node = pinnedNode(root)
  if (isCurrent(root, node)) return node
  const startedAt = performance.now()
  say('Installing dependencies; this happens on the first start and when they change')
  const outcome = spawnSync(
    'npx',
    ['--yes', pinnedPnpm(root), 'install', '--frozen-lockfile', '--prefer-offline'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CI: 'true' },
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      shell: process.platform === 'win32',
    },
  )
  if (outcome.error !== undefined || outcome.status !== 0 || !existsSync(node)) {
    const reason = outcome.error?.message ?? `exit code ${outcome.status}`
    say(`${outcome.stdout ?? ''}${outcome.stderr ?? ''}`)
    say(`Installing dependencies failed (${reason}); the output above says why`)
    process.exit(1)
  }
  say(`Installed in ${Math.round((performance.now() - startedAt) / 1000)} s`)
  return node
}

/**
 * On stderr: stdout belongs to what runs next.
 *
 * @param {string} line
 */
function say(line) {
  process.stderr.write(`${line}\n`)
}

/** @param {string} root */
function pinnedNode(root) {
  return join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

/** @param {string} root */
function pinnedPnpm(root) {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager
}

/**
 * @param {string} root
 * @param {string} node
 */
function isCurrent(root, node) {
  const installed = join(root, 'node_modules/.pnpm/lock.yaml')
  if (!existsSync(node) || !existsSync(join(root, 'node_modules/.modules.yaml'))) return false
  if (!existsSync(installed)) return false
  return readFileSync(installed).equals(readFileSync(join(root, 'pnpm-lock.yaml')))
}
