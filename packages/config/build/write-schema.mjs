import { writeFileSync } from 'node:fs'
import { configJsonSchema } from '../dist/index.js'

const text = JSON.stringify(configJsonSchema(), undefined, 2)
writeFileSync(new URL('../dist/schema.json', import.meta.url), `${text}\n`)
