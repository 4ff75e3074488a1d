import { describe, expect, test } from 'vitest'
import { describeProblem, parseConfig } from '@junctor/config'

function excerptsOf(text: string): readonly (string | undefined)[] {
  return parseConfig(text, { home: '/h', stateDir: '/s' }).problems.map(({ excerpt }) => excerpt)
}

describe('an excerpt', () => {
  test('shows the line and a caret under the place', () => {
    expect(excerptsOf(`{\n\tgateway: { prot: 80 }, // "key"\n}`)).toEqual([
      `gateway: { prot: 80 }, // •••••\n           ^`,
    ])
  })

  test('is cut to what surrounds the place', () => {
    const long = '"a", '.repeat(60)
    const [excerpt = ''] = excerptsOf(
      `{ tools: { allow: [${long}] }, zebra: 1, session: { identityLinks: { a: [${long}] } } }`,
    )
    const [line = '', caret = ''] = excerpt.split('\n')
    expect(line.slice(caret.length - 1)).toMatch(/^zebra: 1, session: /)
    expect(line).toMatch(/^….*…$/)
    expect(line).toHaveLength(102)
  })

  test.each([
    [`{ channels: { telegram: { botToken: "123:abc", x: 1 } } }`, '123:abc'],
    [`{ channels: { telegram: { botTokn: "hunter2" } } }`, 'hunter2'],
    [`{ zebra: { tokens: ["hunter2"] } }`, 'hunter2'],
    [`{ zebra: 'hunter2', gateway: { prot: 1 } }`, 'hunter2'],
    [`{ agents: { list: [{ id: "a", x: 1, name: "sk-ant-api03-0123456789" }] } }`, 'sk-ant'],
    [`{ models: { providers: { a: { baseUrl: "http://me:hunter2@host" } } }, x: 1 }`, 'hunter2'],
    [`{ channels: { telegram: { botToken: 12:hunter2 } } }`, 'hunter2'],
    [`{ zebra: "first \\\nhunter2", gateway: { prot: 1 } }`, 'hunter2'],
    [`{ apiKey: "hunter2 }`, 'hunter2'],
    [`{ models: { providers: { a: { pin: hunter2 } } } }`, 'hunter2'],
    [`{ models: { providers: { a: { pin: hunter2 // mine\n} } } }`, 'hunter2'],
    [`{ models: { providers: { a: { baseUrl: http://me:hunter2@host } } } }`, 'hunter2'],
    [`{ zebra: [ hunter2 ] }`, 'hunter2'],
    [`{ zebra: [ 1, hunter2`, 'hunter2'],
    [`{ channels: { telegram: "hunter2" } }`, 'hunter2'],
    [`{ channels: { telegram: { accounts: { shop: "hunter2" } } } }`, 'hunter2'],
    [`{ models: { providers: { openai: 'hunter2' } } }`, 'hunter2'],
    [`{ models: { providers: [ 'hunter2' ], aliases: 'hunter2' } }`, 'hunter2'],
    [`{ channels: { telegram: { botToken: [ 'hunter2' ] } } }`, 'hunter2'],
    [`{ gateway: { port: "sk-ant-api03-hunter2" } }`, 'hunter2'],
  ])('of %j does not hold the secret, and no message tells it', (text, secret) => {
    const { problems } = parseConfig(text, { home: '/h', stateDir: '/s' })
    expect(problems.length).toBeGreaterThan(0)
    for (const problem of problems) expect(describeProblem(problem)).not.toContain(secret)
  })

  test('shows the names of variables and what is no secret', () => {
    expect(excerptsOf(`{ models: { providers: { a: { apiKey: "\${NOPE}" } } } }`)).toEqual([
      `{ models: { providers: { a: { apiKey: "\${NOPE}" } } } }\n${' '.repeat(38)}^`,
    ])
    expect(excerptsOf(`{ agents: { list: [ { id: "a b" } ] } }`)).toEqual([
      `{ agents: { list: [ { id: "a b" } ] } }\n${' '.repeat(26)}^`,
    ])
  })
})
