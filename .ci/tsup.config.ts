import { defineConfig } from 'tsup'

export default defineConfig({
  format: 'esm',
  target: 'node24',
  dts: true,
  clean: true,
  sourcemap: false,
  splitting: true,
})
