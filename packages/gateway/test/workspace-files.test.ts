import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '@junctor/channel'
import { afterEach, describe, expect, it } from 'vitest'
import { untilAnswers } from './conversation.ts'
import { openHouse, type House, type Settings } from './house.ts'

let house: House
afterEach(() => house.close())

const warnings: string[] = []
const log: Logger = {
  debug() {},
  info() {},
  warn: (_facts, message) => void warnings.push(message),
  error() {},
}

/** Two agents, each behind a bot of its own. */
async function open(more: Partial<Settings> = {}): Promise<void> {
  warnings.length = 0
  house = await openHouse(
    {
      accounts: ['red', 'blue'],
      agents: [{ id: 'red', default: true }, { id: 'blue' }],
      bindings: ['red', 'blue'].map((id) => ({
        agentId: id,
        match: { channel: 'telegram', accountId: id },
      })),
      ...more,
    },
    { log },
  )
  for (const { id, workspace } of house.config.agents.list) {
    await mkdir(workspace, { recursive: true })
    for (const name of ['AGENTS', 'SOUL', 'IDENTITY', 'USER', 'TOOLS', 'MEMORY'])
      await writeFile(join(workspace, `${name}.md`), `${name} of ${id}`)
  }
  house.models.respond(({ system }) => ({ text: system }))
}

const workspaceOf = (id: string): string =>
  house.config.agents.list.find((agent) => agent.id === id)?.workspace ?? ''

/** What the agent's model was told, as the system prompt of its `count`th turn in this chat. */
async function promptOf(id: string, chat: number, count = 1): Promise<string> {
  const before = house.models.requests.length
  house.telegram.bot(house.tokenOf(id)).say({ chat, text: `hello ${count}` })
  await untilAnswers(house, id, chat, count)
  return house.models.requests[before]?.system ?? ''
}

describe("the files of an agent's workspace", () => {
  it('enter its own prompt and no other', async () => {
    await open()
    const red = await promptOf('red', 7)
    const blue = await promptOf('blue', 7)
    for (const name of ['AGENTS', 'SOUL', 'IDENTITY', 'USER', 'TOOLS']) {
      expect(red).toContain(`${name} of red`)
      expect(blue).toContain(`${name} of blue`)
    }
    expect(red).not.toContain('of blue')
    expect(blue).not.toContain('of red')
  })

  it('keep MEMORY.md to the main session', async () => {
    await open({ more: { session: { dmScope: 'main' } } })
    expect(await promptOf('red', 7)).toContain('MEMORY of red')
    const inRoom = await promptOf('red', -100)
    expect(inRoom).toContain('SOUL of red')
    expect(inRoom).not.toContain('MEMORY')
  })

  it('are cut where they are too long, which the model, the log and `why` are told', async () => {
    await open({
      agents: [{ id: 'red', default: true, bootstrapMaxChars: 1_000 }, { id: 'blue' }],
    })
    await writeFile(join(workspaceOf('red'), 'SOUL.md'), 'calm '.repeat(1_000))
    const note =
      'SOUL.md was cut: 999 characters of its 5000 bytes are in the prompt (agents.defaults.bootstrapMaxChars)'
    expect(await promptOf('red', 7)).toContain('[Cut: SOUL.md has 5000 bytes')
    await promptOf('red', 7, 2)
    expect(warnings.filter((warning) => warning === note)).toHaveLength(1)
    const message = house.telegram
      .bot(house.tokenOf('red'))
      .messages(7)
      .find(({ message: { from } }) => from?.is_bot !== true)
    const [story] = await house.gateway.why(String(message?.message.message_id))
    expect(story?.steps.map(({ text }) => text)).toContain(`Note: ${note}.`)
  })

  it('end the turn with a word to the person when one leads out of the workspace', async () => {
    await open()
    await writeFile(join(house.stateDir, 'secret'), 'the secret')
    await rm(join(workspaceOf('red'), 'SOUL.md'))
    await symlink(join(house.stateDir, 'secret'), join(workspaceOf('red'), 'SOUL.md'))
    house.telegram.bot(house.tokenOf('red')).say({ chat: 7, text: 'hello' })
    const [answer] = await untilAnswers(house, 'red', 7, 1)
    expect(answer).toContain('one of my own files cannot be used')
    expect(house.models.requests).toHaveLength(0)
    expect(await promptOf('blue', 7)).toContain('SOUL of blue')
  })
})
