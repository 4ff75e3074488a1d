import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseConfig, type Config } from '@junctor/config'
import { createModelServer } from '@junctor/testkit/models'
import { expect, it, onTestFinished } from 'vitest'
import { createModelSource } from './model-source.ts'

async function createHouse(written: string) {
  const stateDir = await mkdtemp(join(tmpdir(), 'junctor-models-'))
  const server = await createModelServer()
  onTestFinished(async () => {
    await server.close()
    await rm(stateDir, { recursive: true })
  })
  server.respond(({ headers }) => ({ text: String(headers.authorization).replace('Bearer ', '') }))
  const read = (config: string): Config => {
    const provider = `models: { providers: { anthropic: { baseUrl: '${server.baseUrl('anthropic')}' } } }`
    const parsed = parseConfig(`{ ${provider}, ${config} }`, { home: stateDir, stateDir, env: {} })
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    return parsed.config
  }
  const found: string[] = []
  const source = createModelSource({ env: {}, found: (secret) => found.push(secret) })
  const agentOf = (config: Config, id: string) => {
    const agent = config.agents.list.find((each) => each.id === id)
    if (agent === undefined) throw new Error(id)
    return agent
  }
  return {
    found,
    read,
    config: read(written),
    async write(name: string, keys: Readonly<Record<string, string>>) {
      const path = join(stateDir, name, 'auth-profiles.json')
      await mkdir(dirname(path), { recursive: true })
      const profiles = Object.fromEntries(
        Object.entries(keys).map(([id, key]) => [
          id,
          { type: 'api_key', provider: 'anthropic', key },
        ]),
      )
      await writeFile(path, JSON.stringify({ version: 1, profiles }), { mode: 0o600 })
    },
    async ask(id: string, config: Config): Promise<string> {
      const agent = agentOf(config, id)
      const model = source.resolve(agent.model, config, agent)
      const request = {
        system: '',
        messages: [],
        tools: [],
        maxOutputTokens: 9,
        context: { sessionKey: 's' },
      }
      let text = ''
      try {
        for await (const event of model.stream(request, { signal: new AbortController().signal }))
          if (event.type === 'text') text += event.text
      } catch (error) {
        return String(error)
      }
      return text
    },
    problem: (id: string, config: Config) => {
      const agent = agentOf(config, id)
      return source.problem?.(agent.model, config, agent)
    },
  }
}

const agents = `agents: { defaults: { model: 'anthropic/claude-x' }, list: [
  { id: 'one' }, { id: 'two', auth: { order: { anthropic: ['anthropic:second', 'anthropic:first'] } } },
  { id: 'three', auth: { scope: 'shared' } }, { id: 'four' } ] }`

it('calls the models of each agent with what is its own', async () => {
  const house = await createHouse(agents)
  await house.write('agents/one/agent', { 'anthropic:default': 'fake-key-one-0000' })
  await house.write('agents/two/agent', {
    'anthropic:first': 'fake-key-two-first',
    'anthropic:second': 'fake-key-two-second',
  })
  await house.write('.', { 'anthropic:default': 'fake-key-shared-00' })
  const ask = (id: string): Promise<string> => house.ask(id, house.config)
  expect(await Promise.all(['one', 'two', 'three', 'four'].map(ask))).toEqual([
    'fake-key-one-0000',
    'fake-key-two-second',
    'fake-key-shared-00',
    expect.stringContaining('Agent "four" has no usable credentials for the provider "anthropic"'),
  ])
  expect(house.found).toEqual(expect.arrayContaining(['fake-key-one-0000', 'fake-key-shared-00']))
  expect(await house.problem('four', house.config)).toContain('auth add --agent four')
  expect(await house.problem('one', house.config)).toBeUndefined()
})

it('follows the config that names the model, and keys that change while it runs', async () => {
  const house = await createHouse(agents)
  await house.write('agents/four/agent', { 'anthropic:default': 'fake-key-four-0000' })
  await house.write('.', { 'anthropic:default': 'fake-key-shared-00' })
  expect(await house.ask('four', house.config)).toBe('fake-key-four-0000')
  const lent = house.read(`${agents}, auth: { scope: 'shared' }`)
  expect(await house.ask('four', lent)).toBe('fake-key-shared-00')
  expect(await house.ask('four', house.config)).toBe('fake-key-four-0000')
  await house.write('agents/four/agent', { 'anthropic:default': 'fake-key-four-0001' })
  expect(await house.ask('four', house.config)).toBe('fake-key-four-0001')
  const terms = house.read(
    `${agents}, auth: { profiles: { 'anthropic:default': { provider: 'openai' } } }`,
  )
  expect(await house.ask('four', terms)).toContain('auth.profiles says it is for openai')
})

it('leaves the demo model alone', async () => {
  const house = await createHouse(`agents: { list: [ { id: 'one', model: 'demo/junctor' } ] }`)
  expect(await house.problem('one', house.config)).toBeUndefined()
})
