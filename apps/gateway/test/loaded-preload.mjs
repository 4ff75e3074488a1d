import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import process from 'node:process'

// Writes down every module that a process loads, imported or required.
const list = process.env['TEST_LOADED_MODULES']
registerHooks({
  load(url, context, next) {
    appendFileSync(list, `${url}\n`)
    return next(url, context)
  },
})
