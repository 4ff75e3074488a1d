import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureInstalled } from './install.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const [name, ...args] = process.argv.slice(2)
const files = globSync('{packages,apps}/*/bench/*.ts', { cwd: root }).sort()
const file = files.find((path) => basename(path, '.ts') === name)

if (file === undefined) {
  process.stderr.write('Usage: pnpm bench <name> [arguments]\n\n')
  for (const path of files) process.stderr.write(`  ${basename(path, '.ts').padEnd(14)} ${path}\n`)
  process.exitCode = 2
} else {
  const { status } = spawnSync(ensureInstalled(root), [join(root, file), ...args], {
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
}
