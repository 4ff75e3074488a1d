import { describe, expect, it } from 'vitest'
import { slackConfig } from './config.ts'

const validate = slackConfig['~standard'].validate
const botToken = 'xoxb-1'

describe('the Slack config', () => {
  it.each([
    { botToken, appToken: 'xapp-1' },
    { botToken, signingSecret: 's' },
    { botToken, signingSecret: 's', apiRoot: 'https://slack-gov.com/api' },
  ])('takes %j', (value) => {
    expect(validate(value)).toEqual({ value })
  })

  it('takes apiRoot with a slash at its end, and leaves what is not its own', () => {
    const given = { botToken, appToken: 'xapp-1', apiRoot: 'http://127.0.0.1:1/api/', name: 'x' }
    expect(validate(given)).toEqual({
      value: { botToken, appToken: 'xapp-1', apiRoot: 'http://127.0.0.1:1/api' },
    })
  })

  it.each([
    [undefined, 'an object'],
    [{}, '`botToken` is missing'],
    [{ botToken: 'xoxp-1', appToken: 'xapp-1' }, '`xoxb-…`'],
    [{ botToken }, '`appToken` (Socket Mode) or `signingSecret`'],
    [{ botToken, appToken: 'xapp-1', signingSecret: 's' }, 'keep one'],
    [{ botToken, appToken: 'xoxb-1' }, '`xapp-…`'],
    [{ botToken, signingSecret: ' ' }, 'blank'],
    [{ botToken, signingSecret: 's', apiRoot: 'ftp://x' }, '`apiRoot`'],
  ])('refuses %j and says why', (value, reason) => {
    expect(validate(value)).toMatchObject({
      issues: expect.arrayContaining([
        expect.objectContaining({ message: expect.stringContaining(reason) }),
      ]),
    })
  })
})
