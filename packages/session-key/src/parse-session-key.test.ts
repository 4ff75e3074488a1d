import { describe, expect, test } from 'vitest'
import { SessionKeyError } from './errors.ts'
import { isSessionKey, parseSessionKey } from './parse-session-key.ts'

describe('parseSessionKey', () => {
  test('reads an id with a colon and a percent sign', () => {
    expect(parseSessionKey('agent:home:matrix:channel:!r%3Aexample.org%25')).toEqual({
      kind: 'channel',
      agentId: 'home',
      channel: 'matrix',
      accountId: 'default',
      id: '!r:example.org%',
    })
  })

  test.each([
    ['', 'no scheme'],
    ['agent', 'no agent'],
    ['agent:home', 'no conversation'],
    ['AGENT:home:main', 'another scheme'],
    ['agent:home:telegram:default:group:1', 'the account that is never written'],
    ['agent:home:telegram:group:%31', 'a character that needs no encoding'],
    ['agent:home:telegram:group:%3a', 'lower-case hex'],
    ['agent:home:telegram:group:1%', 'a bare percent sign'],
    ['agent:home:telegram:group:%uD83D%uDE00', 'a surrogate pair in halves'],
    ['agent:home:telegram:room:1', 'an unknown kind'],
    ['agent:home:subagent:1:thread:2', 'a thread of a sub-agent'],
    ['agent:home:a:b:c:group:1', 'a segment too many'],
  ])('refuses %j: %s', (text) => {
    expect(isSessionKey(text)).toBe(false)
    expect(() => parseSessionKey(text)).toThrow(SessionKeyError)
  })

  test('names the text and the right form in its error', () => {
    expect(() => parseSessionKey('hello')).toThrow(
      expect.objectContaining({
        code: 'INVALID_SESSION_KEY',
        name: 'SessionKeyError',
        message: expect.stringMatching(/"hello" is not a session key.*agent:<agentId>:main/),
      }),
    )
  })
})
