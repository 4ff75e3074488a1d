// Runs under whatever Node is installed and needs no dependencies: it fetches them.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runChecks } from './checks.mjs'
import { ensureInstalled } from './install.mjs'
import { start } from './start.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const [command, ...args] = process.argv.slice(2)

if (command === 'start') start(root, ensureInstalled(root), args)
else if (command === 'test') process.exitCode = await runChecks(root, ensureInstalled(root), args)
else {
  process.stderr.write('Usage: node .ci/bootstrap.mjs start|test [arguments]\n')
  process.exitCode = 2
}
