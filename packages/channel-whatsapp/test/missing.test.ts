import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const script = `
  import { registerHooks } from 'node:module'
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== '@whiskeysockets/baileys') return next(specifier, context)
      throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
    },
  })
  const { whatsapp } = await import('@junctor/channel-whatsapp')
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const host = { accountId: 'default', log, signal: new AbortController().signal }
  await whatsapp().open({}, host).catch((error) => console.log(error.code, error.message))
`

it('without Baileys the channel loads, and an account says what to install', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { cwd: import.meta.dirname },
  )
  expect(stdout).toMatch(/^UNSUPPORTED .*npm install @whiskeysockets\/baileys@7\.0\.0-rc14/)
})
