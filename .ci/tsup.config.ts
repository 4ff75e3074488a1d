import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'tsup'

/** The oldest Node that the package in the current folder promises, as esbuild spells it. */
function promisedTarget(): string {
  const text = readFileSync(join(process.cwd(), 'package.json'), 'utf8')
  const { engines } = JSON.parse(text) as { readonly engines: { readonly node: string } }
  return engines.node.replace('>=', 'node')
}

export default defineConfig({
  format: 'esm',
  target: promisedTarget(),
  dts: true,
  clean: true,
  sourcemap: false,
  splitting: true,
  // `node:sqlite` exists only under its prefixed name.
  removeNodeProtocol: false,
})
