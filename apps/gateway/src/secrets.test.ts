import { parseConfig } from '@junctor/config'
import { describe, expect, it } from 'vitest'
import { redact } from './log.ts'
import { secretsOf } from './secrets.ts'

const config = {
  channels: {
    telegram: {
      accounts: {
        a: {
          botToken: '1000:token-of-a',
          webhook: { url: 'https://example.org', secret: 'secret-of-the-webhook' },
        },
      },
    },
  },
  models: { providers: { anthropic: { apiKey: 'key "with" quotes' } } },
  tools: { mcp: { wiki: { url: 'http://wiki', headers: { authorization: 'Bearer header-key' } } } },
  agents: {
    list: [
      {
        id: 'a',
        tools: {
          mcp: { notes: { command: 'n', env: { NOTES_KEY: 'key-of-notes', MODE: 'production' } } },
        },
      },
    ],
  },
}

function secretsFound(): readonly string[] {
  const parsed = parseConfig(JSON.stringify(config), { home: '/home', stateDir: '/state' })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return secretsOf(parsed.config, {
    OPENAI_API_KEY: 'key-of-the-environment',
    A_TOKEN: 'short',
    PATH: '/usr/bin:/bin',
  })
}

describe('secrets', () => {
  it('are the tokens and keys of config and environment, and no other words', () => {
    expect([...secretsFound()].sort()).toEqual([
      '1000:token-of-a',
      'Bearer header-key',
      'key "with" quotes',
      'key-of-notes',
      'key-of-the-environment',
      'secret-of-the-webhook',
    ])
  })

  it('are taken out of a log line wherever they stand, escaped or not', () => {
    const line = JSON.stringify({
      msg: 'GET /bot1000:token-of-a/getMe',
      deep: [{ error: 'bad key "with" quotes' }],
    })
    const safe = redact(`${line} key "with" quotes`, secretsFound())
    expect(safe).toBe(
      '{"msg":"GET /bot[redacted]/getMe","deep":[{"error":"bad [redacted]"}]} [redacted]',
    )
  })
})
