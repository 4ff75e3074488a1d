import { describe, expect, it } from 'vitest'
import { telegramConfig } from './config.ts'

const validate = telegramConfig['~standard'].validate

describe('the Telegram config', () => {
  it('takes `token` for `botToken`', () => {
    expect(validate({ token: '1:a' })).toEqual({ value: { botToken: '1:a' } })
    expect(validate({ token: '1:a', botToken: '1:a' })).toEqual({ value: { botToken: '1:a' } })
  })

  it('keeps apiRoot without a slash at its end', () => {
    expect(validate({ botToken: '1:a', apiRoot: 'http://127.0.0.1:8081/' })).toEqual({
      value: { botToken: '1:a', apiRoot: 'http://127.0.0.1:8081' },
    })
  })

  it('keeps the webhook', () => {
    const webhook = { url: 'https://example.org/hook', secret: 's_1' }
    expect(validate({ botToken: '1:a', webhook })).toEqual({ value: { botToken: '1:a', webhook } })
  })

  it.each([
    [undefined, 'an object'],
    [{}, '`botToken` is missing'],
    [{ botToken: '' }, '`botToken` is missing'],
    [{ botToken: 'no' }, 'must look like'],
    [{ botToken: '1:a', token: '1:b' }, 'differ'],
    [{ botToken: '1:a', apiRoot: 'ftp://x' }, '`apiRoot`'],
    [{ botToken: '1:a', webhook: true }, '`webhook` must be an object'],
    [{ botToken: '1:a', webhook: {} }, '`webhook.secret`'],
    [{ botToken: '1:a', webhook: { secret: 'not ok!' } }, '`webhook.secret`'],
    [{ botToken: '1:a', webhook: { secret: 's', url: 'x' } }, '`webhook.url`'],
  ])('refuses %j and says why', (value, reason) => {
    expect(validate(value)).toEqual({
      issues: [expect.objectContaining({ message: expect.stringContaining(reason) })],
    })
  })
})
