import { describe, expect, it } from 'vitest'
import { discordConfig } from './config.ts'

const validate = discordConfig['~standard'].validate

describe('the Discord config', () => {
  it('keeps what it knows, and apiRoot without a slash at its end', () => {
    const given = { token: 'a.b-c', intents: 513, apiRoot: 'http://127.0.0.1:1/api/', name: 'x' }
    expect(validate(given)).toEqual({
      value: { token: 'a.b-c', intents: 513, apiRoot: 'http://127.0.0.1:1/api' },
    })
    expect(validate({ token: 't' })).toEqual({ value: { token: 't' } })
  })

  it.each([
    [undefined, 'an object'],
    [{}, '`token` is missing'],
    [{ token: '' }, '`token` is missing'],
    [{ token: 'Bot a.b.c' }, 'without "Bot "'],
    [{ token: 't', intents: '513' }, '`intents`'],
    [{ token: 't', intents: -1 }, '`intents`'],
    [{ token: 't', apiRoot: 'ftp://x' }, '`apiRoot`'],
  ])('refuses %j and says why', (value, reason) => {
    expect(validate(value)).toEqual({
      issues: [expect.objectContaining({ message: expect.stringContaining(reason) })],
    })
  })
})
