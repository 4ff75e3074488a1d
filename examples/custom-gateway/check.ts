// A gateway of one's own: its own channel, its own tool, the demo model, and a store in a temporary folder.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '@junctor/config'
import { createGateway } from '@junctor/gateway'
import { createDemoModel } from '@junctor/models'
import { openSqliteStore } from '@junctor/store-sqlite'
import { createLobby } from './lobby.ts'

const stateDir = await mkdtemp(join(tmpdir(), 'custom-gateway-'))
const parsed = parseConfig(
  `{
    agents: { list: [{ id: 'porter', default: true }, { id: 'cook' }] },
    bindings: [{ agentId: 'cook', match: { channel: 'lobby', peer: { kind: 'dm', id: 'ada' } } }],
    session: { dmScope: 'per-peer' },
    channels: { lobby: { package: 'my-lobby', dmPolicy: 'open' } },
  }`,
  { home: stateDir, stateDir },
)
assert.ok(parsed.ok, JSON.stringify(parsed.problems))

const lobby = createLobby()
const model = createDemoModel({ pieceDelayMs: 0 })
const store = openSqliteStore({ stateDir })
const gateway = createGateway({
  config: parsed.config,
  store,
  channels: { lobby: lobby.channel },
  models: { resolve: () => model },
})
await gateway.start()

await lobby.say('ada', 'What is for dinner?')
assert.match(await lobby.answerTo('ada'), /cook/)
await lobby.say('bob', 'Is there any mail?')
assert.match(await lobby.answerTo('bob'), /porter/)
const [story] = await gateway.why('1')
console.log(story?.steps.find(({ step }) => step === 'routing')?.text)

await gateway.stop()
await store.close()
await rm(stateDir, { recursive: true })
