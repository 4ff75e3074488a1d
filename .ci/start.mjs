import { spawn } from 'node:child_process'
import { join } from 'node:path'

/**
 * Runs the gateway from its sources under the pinned Node and ends the way it ends.
 *
 * @param {string} root
 * @param {string} node
 * @param {readonly string[]} args
 */
export function start(root, node, args) {
  const child = spawn(node, [join(root, 'apps/gateway/src/bin.ts'), 'start', ...args], {
    stdio: 'inherit',
    env: {
      ...process.env,
      // Keeps compiled and type-stripped sources between starts.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules/.cache/node'),
    },
  })
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    // Ctrl-C in a terminal already reached the gateway; twice would mean "stop at once".
    if (signal === 'SIGINT' && process.stdin.isTTY) return
    child.kill(signal)
  }
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, forward)
  }
  child.on('error', (error) => {
    process.stderr.write(`The gateway could not be started: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
