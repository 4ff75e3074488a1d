import { describe, expect, test } from 'vitest'
import { formatProblem, parseConfig } from '@junctor/config'

const places = { home: '/home/ada', stateDir: '/home/ada/.junctor' }

describe('tools.web.fetch', () => {
  test('is read for all agents and for one, whose own settings go before the defaults', () => {
    const result = parseConfig(
      `{
        tools: { web: { fetch: { privateHosts: ['wiki.corp.example', '10.0.0.5:8080'], maxBytes: 1000 } } },
        agents: {
          defaults: { tools: { web: { fetch: { timeoutMs: 5, maxBytes: 7 } } } },
          list: [ { id: 'a', tools: { web: { fetch: { maxBytes: 9 } } } } ],
        },
      }`,
      places,
    )
    if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
    expect(result.config.tools.web).toEqual({
      fetch: { privateHosts: ['wiki.corp.example', '10.0.0.5:8080'], maxBytes: 1000 },
    })
    expect(result.config.agents.list[0]?.tools.web).toEqual({
      fetch: { timeoutMs: 5, maxBytes: 9 },
    })
  })

  test.each(['http://wiki', 'wiki/page', '*', '*.', 'a b', ''])('refuses the host %j', (host) => {
    const text = JSON.stringify({ tools: { web: { fetch: { privateHosts: [host] } } } })
    const { ok, problems } = parseConfig(text, places)
    expect(ok).toBe(false)
    expect(problems.map(formatProblem).join()).toContain('tools.web.fetch.privateHosts[0]')
  })

  test("takes the browser away where another system's file turns it off, and reads where it is", () => {
    const read = (browser: string) => {
      const text = `{ browser: ${browser} }`
      const result = parseConfig(text, { ...places, flavour: 'openclaw' })
      if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
      return result.config
    }
    const on = read('{ enabled: true, headless: true, executablePath: "/c", noSandbox: true }')
    expect(on.browser).toEqual({ executablePath: '/c', noSandbox: true })
    expect(on.tools.deny).toBeUndefined()
    expect(read('{ enabled: false }').tools.deny).toEqual(['browser'])
  })

  test("takes the tool away where another system's file turns it off", () => {
    const text = `{ tools: { web: { fetch: { enabled: false } } }, agents: { list: [ { id: "a", tools: { web: { fetch: { enabled: true } } } } ] } }`
    const result = parseConfig(text, { ...places, flavour: 'openclaw' })
    if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
    expect(result.config.tools.deny).toEqual(['web_fetch'])
    expect(result.config.agents.list[0]?.tools).toEqual({})
  })
})
