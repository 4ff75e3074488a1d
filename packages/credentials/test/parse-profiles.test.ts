import { inspect } from 'node:util'
import { formatProblem } from '@junctor/config'
import { canonicalProfiles, parseProfiles } from '@junctor/credentials'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const key = 'fake-anthropic-key-0001'
const spare = 'fake-anthropic-key-0002'

/** What a file says, in lines that a person reads. */
function read(content: unknown, options: Parameters<typeof parseProfiles>[1] = {}) {
  const text = typeof content === 'string' ? content : JSON.stringify(content, undefined, 2)
  const { profiles, problems, ...rest } = parseProfiles(text, options)
  return {
    ...rest,
    profiles: profiles.map(({ id, provider, type, secret, expiresAt, email }) =>
      [id, provider, type, secret.reveal(), expiresAt, email].filter((part) => part !== undefined),
    ),
    problems: problems.map(formatProblem),
  }
}

describe('auth-profiles.json', () => {
  it('holds profiles of every type, in the order of the file', () => {
    const content = {
      version: 1,
      profiles: {
        'anthropic:work': { type: 'api_key', provider: 'anthropic', key, email: 'a@example.com' },
        'anthropic:setup': { type: 'token', provider: 'anthropic', token: spare, expires: 1e12 },
        'openai:default': {
          type: 'oauth',
          provider: 'openai',
          access: 'fake-access-token',
          refresh: 'r',
          expires: 2e12,
          accountId: 'x',
        },
      },
      order: { anthropic: ['anthropic:setup', 'anthropic:work'] },
    }
    expect(read(content)).toEqual({
      shape: 'profiles',
      profiles: [
        ['anthropic:work', 'anthropic', 'api_key', key, 'a@example.com'],
        ['anthropic:setup', 'anthropic', 'token', spare, 1e12],
        ['openai:default', 'openai', 'oauth', 'fake-access-token', 2e12],
      ],
      setAside: [],
      order: new Map([['anthropic', ['anthropic:setup', 'anthropic:work']]]),
      problems: [],
    })
  })

  it('is read in the spelling with mode and apiKey', () => {
    const content = { profiles: { one: { mode: 'apiKey', provider: 'anthropic', apiKey: key } } }
    expect(read(content)).toMatchObject({
      profiles: [['one', 'anthropic', 'api_key', key]],
      problems: [],
    })
  })

  it('is read in the shape of auth.json, with entries by provider', () => {
    const content = {
      anthropic: { type: 'api_key', key },
      openai: { access: 'fake-access-token', refresh: 'r', expires: 2e12 },
      groq: 'fake-groq-key',
    }
    expect(read(content)).toMatchObject({
      shape: 'by-provider',
      profiles: [
        ['anthropic:default', 'anthropic', 'api_key', key],
        ['openai:default', 'openai', 'oauth', 'fake-access-token', 2e12],
        ['groq:default', 'groq', 'api_key', 'fake-groq-key'],
      ],
      problems: [],
    })
  })

  it('may refer to the environment and to files', () => {
    const profiles = {
      a: { type: 'api_key', provider: 'anthropic', key: '${FAKE_KEY}' },
      b: {
        type: 'api_key',
        provider: 'anthropic',
        keyRef: { source: 'env', provider: 'default', id: 'FAKE_KEY' },
      },
      c: { type: 'token', provider: 'anthropic', token: { $file: '/run/secrets/key' } },
      d: { type: 'api_key', provider: 'anthropic', key: '${GONE}' },
      e: {
        type: 'api_key',
        provider: 'anthropic',
        keyRef: { source: 'exec', provider: 'vault', id: 'x' },
      },
    }
    const env = { FAKE_KEY: key }
    const found = read(
      { profiles },
      { env, readSecretFile: (path) => `${spare}\n${path.slice(99)}` },
    )
    expect(found.profiles).toEqual([
      ['a', 'anthropic', 'api_key', key],
      ['b', 'anthropic', 'api_key', key],
      ['c', 'anthropic', 'token', spare],
    ])
    expect(found.setAside).toEqual([
      {
        id: 'e',
        provider: 'anthropic',
        type: 'api_key',
        reason: expect.stringContaining('this version does not look'),
      },
      {
        id: 'd',
        provider: 'anthropic',
        type: 'api_key',
        reason: 'the environment variable "GONE" is not set',
      },
    ])
    expect(read({ profiles: { c: profiles.c } }).problems[0]).toContain('cannot be read here')
  })

  it('says where an entry is wrong, and goes on with the others', () => {
    const text = `{
  "version": 1,
  "profiles": {
    "a": { "type": "api_key", "provider": "anthropic" },
    "b": { "type": "password", "provider": "anthropic", "key": "${key}" },
    "c": { "type": "api_key", "key": "${key}" },
    "d": { "type": "oauth", "provider": "openai", "refresh": "${key}" },
    "e": { "type": "api_key", "provider": "openai", "key": "${key} and more" },
    "f": { "type": "api_key", "provider": "openai", "key": "  " },
    "g": "${key}",
    "h": { "provider": "openai" },
    "": { "type": "api_key", "provider": "openai", "key": "${key}" },
    "ok": { "type": "api_key", "provider": "openai", "key": "${key}", "colour": "red", "expires": "soon" }
  },
  "order": { "openai": ["gone", "ok"], "anthropic": "a" },
  "usageStats": {}, "shade": 1
}`
    const { profiles, problems } = read(text, { file: 'auth-profiles.json' })
    expect(profiles).toEqual([['ok', 'openai', 'api_key', key]])
    expect(problems).toEqual([
      'auth-profiles.json:4:10  error  profiles.a: has no "key", which is what a profile of type "api_key" holds',
      'auth-profiles.json:5:20  error  profiles.b.type: must be "api_key", "token" or "oauth"',
      'auth-profiles.json:6:10  error  profiles.c: has no "provider", such as "anthropic"',
      'auth-profiles.json:7:10  error  profiles.d: has a refresh token alone, and this version renews none: sign in again, or add an API key',
      'auth-profiles.json:8:60  error  profiles.e.key: holds characters that no key has (spaces, line breaks or letters beyond ASCII)',
      'auth-profiles.json:9:60  error  profiles.f.key: is blank',
      'auth-profiles.json:10:10  error  profiles.g: must be an object such as { type, provider, key }',
      'auth-profiles.json:11:10  error  profiles.h: has no "type": api_key, token or oauth',
      'auth-profiles.json:12:9  error  profiles[""]: is no id: write one such as "anthropic:default"',
      'auth-profiles.json:13:88  warning  profiles.ok.colour: unknown field "colour"; it is kept and not used',
      'auth-profiles.json:13:116  warning  profiles.ok.expires: is no time in milliseconds since 1970 and is not looked at',
      'auth-profiles.json:15:24  warning  order.openai: names "gone", which is no profile of this file',
      'auth-profiles.json:15:53  warning  order.anthropic: must be a list of profile ids; it is not read',
      'auth-profiles.json:16:3  warning  usageStats: is what another system noted about its calls; it is not read',
      'auth-profiles.json:16:21  warning  shade: unknown field "shade"; it is not read',
    ])
  })

  it.each([
    ['', 'is empty'],
    [`{ "profiles": { "a": ${key} } }`, 'is no JSON from here on'],
    ['[]', 'must be an object'],
    ['{ "profiles": [] }', '"profiles" must be an object'],
  ])('that is none is refused as a whole: %j', (text, message) => {
    const { profiles, problems } = read(text)
    expect(profiles).toEqual([])
    expect(problems).toEqual([expect.stringContaining(message)])
  })

  it('takes the last of two entries with one id, and says so', () => {
    const text = `{ "profiles": {
      "a": { "type": "api_key", "provider": "openai", "key": "${spare}" },
      "a": { "type": "api_key", "provider": "openai", "key": "${key}" } } }`
    expect(read(text)).toMatchObject({
      profiles: [['a', 'openai', 'api_key', key]],
      problems: ['2:7  warning  profiles.a: is written twice; the last one counts'],
    })
  })

  it('never throws, and never repeats a secret in a problem', () => {
    const secret = 'fake0secret0that0nobody0may0see'
    const word = fc.constantFrom(
      'type',
      'mode',
      'provider',
      'key',
      'apiKey',
      'token',
      'access',
      'expires',
      'keyRef',
      'profiles',
      'order',
      'api_key',
      'oauth',
      'x',
      '__proto__',
    )
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        fc.constantFrom(secret, `${secret} `, `\n${secret}`, '${NAME}', 1, null, true),
        word,
        tie('object'),
      ),
      object: fc.dictionary(word, tie('node'), { maxKeys: 4 }),
    })).object
    const mangled = fc
      .tuple(value, fc.nat(400), fc.constantFrom('', '"', '{', ','))
      .map(([json, at, extra]) => {
        const text = JSON.stringify({ profiles: json })
        return text.slice(0, at) + extra + text.slice(at)
      })
    fc.assert(
      fc.property(fc.oneof(mangled, fc.json(), fc.string()), (text) => {
        const { problems, setAside, profiles } = parseProfiles(text)
        expect(JSON.stringify([problems, setAside])).not.toContain(secret)
        expect(inspect(profiles, { depth: 9 }) + JSON.stringify(profiles)).not.toContain(secret)
        canonicalProfiles(text)
      }),
    )
  })
})

describe('a secret', () => {
  it('shows its last four characters at most, and whether it is the same one', () => {
    const [one, two] = parseProfiles(JSON.stringify({ a: key, b: 'fake-short' })).profiles
    expect([one?.secret.ending, two?.secret.ending]).toEqual(['0001', ''])
    expect(one?.secret.fingerprint).toMatch(/^[0-9a-f]{8}$/)
    expect(one?.secret.fingerprint).not.toBe(two?.secret.fingerprint)
  })
})

describe('the canonical file', () => {
  it('has what the other one had, without what its system noted', () => {
    const { text, profiles, problems } = canonicalProfiles(
      JSON.stringify({
        anthropic: { type: 'api_key', apiKey: key, email: 'a@example.com' },
        openai: { access: 'fake-access-token', refresh: 'fake-refresh', expires: 2e12 },
        xai: { mode: 'api_key', keyRef: { source: 'env', id: 'FAKE_KEY' }, key: 'fake-old-key' },
        bad: { type: 'api_key' },
      }),
    )
    expect(JSON.parse(text)).toEqual({
      version: 1,
      profiles: {
        'anthropic:default': {
          type: 'api_key',
          provider: 'anthropic',
          key,
          email: 'a@example.com',
        },
        'openai:default': {
          type: 'oauth',
          provider: 'openai',
          access: 'fake-access-token',
          expires: 2e12,
          refresh: 'fake-refresh',
        },
        'xai:default': { type: 'api_key', provider: 'xai', key: '${FAKE_KEY}' },
      },
    })
    expect(profiles).toEqual([
      { id: 'anthropic:default', provider: 'anthropic', type: 'api_key' },
      { id: 'openai:default', provider: 'openai', type: 'oauth' },
      { id: 'xai:default', provider: 'xai', type: 'api_key' },
    ])
    expect(problems.map(({ path }) => path)).toEqual(['bad'])
  })

  it('is the same again when it is read and written once more', () => {
    const first = canonicalProfiles(
      JSON.stringify({
        profiles: {
          'a:b': { type: 'token', provider: 'a', token: { $file: 'x' }, metadata: { n: 1 } },
        },
        order: { a: ['a:b'] },
        lastGood: { a: 'a:b' },
      }),
    ).text
    expect(canonicalProfiles(first)).toMatchObject({ text: first, problems: [] })
    expect(JSON.parse(first)).toMatchObject({ order: { a: ['a:b'] } })
  })
})
