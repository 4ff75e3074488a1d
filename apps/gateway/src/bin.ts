#!/usr/bin/env node
import manifest from '../package.json' with { type: 'json' }

const [major = 0] = process.versions.node.split('.').map(Number)
const [only, ...more] = process.argv.slice(2)

if (major < 24) {
  process.stderr.write(`junctor needs Node 24 or newer; this is Node ${process.versions.node}.\n`)
  process.exitCode = 1
} else if ((only === '--version' || only === '-V') && more.length === 0) {
  // Answered before anything else is loaded.
  process.stdout.write(`${manifest.version}\n`)
} else {
  const { enableCompileCache } = await import('node:module')
  enableCompileCache()
  const { runCli } = await import('./cli.ts')
  process.exitCode = await runCli(process.argv.slice(2), { version: manifest.version })
  // What is over is closed by now; libraries leave timers behind, as of calls that were cut off.
  await Promise.all([flushed(process.stdout), flushed(process.stderr)])
  process.exit()
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('error', () => resolve())
    stream.write('', () => resolve())
  })
}
