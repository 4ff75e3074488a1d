import { parseConfig, type Config } from '@junctor/config'
import { compileToolPolicy } from '@junctor/tool-policy'
import { expect, it } from 'vitest'
import { starterConfig } from './starter-config.ts'

const places = { home: '/home/ada', stateDir: '/home/ada/.junctor' }

function read(text: string): Config {
  const parsed = parseConfig(text, places)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.config
}

function allowed(config: Config, tool: string): readonly string[] {
  return config.agents.list.flatMap(({ id, tools, model }) =>
    compileToolPolicy([{ name: id, ...tools }], { model }).check(tool).allowed ? [id] : [],
  )
}

it('lets no agent run commands on this machine', () => {
  const config = read(starterConfig)
  expect(allowed(config, 'exec')).toEqual([])
  expect(allowed(config, 'process')).toEqual([])
  expect(allowed(config, 'read')).toEqual(['home', 'work'])
})

it('is opened for one agent as its comment says', () => {
  const opened = starterConfig.replace("{ id: 'work', ", "{ id: 'work', tools: { deny: [] }, ")
  expect(allowed(read(opened), 'exec')).toEqual(['work'])
})
