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
  const pnpm = pinnedPnpm(root)
  process.stderr.write(`Installing dependencies with ${pnpm} (first start or changed lockfile)\n`)
  // The installer reports on stderr: stdout belongs to whatever runs next.
  const { status, error } = spawnSync(
    'npx',
    ['--yes', pnpm, 'install', '--frozen-lockfile', '--prefer-offline'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      env: { ...process.env, CI: 'true' },
      shell: process.platform === 'win32',
    },
  )
  if (error !== undefined || status !== 0 || !existsSync(node)) {
    const reason = error?.message ?? `exit code ${status}`
    process.stderr.write(`Installing dependencies failed (${reason}); see the output above\n`)
    process.exit(1)
  }
  return node
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
