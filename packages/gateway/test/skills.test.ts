import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { JsonObject } from '@junctor/agent'
import { afterEach, describe, expect, it } from 'vitest'
import { untilAnswers } from './conversation.ts'
import { openHouse, type House, type Settings } from './house.ts'

let house: House
const counts = new Map<string, number>()
afterEach(() => house.close())

async function open(more: Partial<Settings> = {}): Promise<void> {
  counts.clear()
  house = await openHouse({
    accounts: ['red', 'blue'],
    agents: [{ id: 'red', default: true }, { id: 'blue' }],
    bindings: ['red', 'blue'].map((id) => ({
      agentId: id,
      match: { channel: 'telegram', accountId: id },
    })),
    ...more,
  })
  for (const { workspace } of house.config.agents.list) await mkdir(workspace, { recursive: true })
}

const inWorkspace = (id: string, path: string): string =>
  join(house.config.agents.list.find((agent) => agent.id === id)?.workspace ?? '', path)

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

const skillText = (name: string, about: string, metadata = '{}'): string =>
  `---\nname: ${name}\ndescription: ${about}\nmetadata: ${metadata}\n---\n\nThe way of ${name}.`

async function say(id: string): Promise<string> {
  const count = (counts.get(id) ?? 0) + 1
  counts.set(id, count)
  house.telegram.bot(house.tokenOf(id)).say({ chat: 7, text: `hello ${count}` })
  return (await untilAnswers(house, id, 7, count))[count - 1] ?? ''
}

/** The system prompt of the agent's next turn. */
async function promptOf(id: string): Promise<string> {
  house.models.respond(() => ({ text: 'yes' }))
  const before = house.models.requests.length
  await say(id)
  return house.models.requests[before]?.system ?? ''
}

/** What the agent reads as the result of one tool call. */
async function resultOf(id: string, name: string, input: JsonObject): Promise<string> {
  house.models.respond(({ toolResults: [result] }) =>
    result === undefined ? { tools: [{ name, input }] } : { text: result.output },
  )
  return say(id)
}

describe('the skills of an agent', () => {
  it('enter its prompt by name, description and path, and no other prompt', async () => {
    await open()
    await write(inWorkspace('red', 'skills/a/SKILL.md'), skillText('maps', 'Find ways'))
    await write(join(house.stateDir, 'skills/b/SKILL.md'), skillText('mail', 'Write letters'))
    await write(join(house.stateDir, 'skills/c/SKILL.md'), skillText('maps', 'Other ways'))
    const red = await promptOf('red')
    expect(red).toContain('- maps (skills/a/SKILL.md): Find ways')
    expect(red).toContain(`- mail (${join(house.stateDir, 'skills/b')}/SKILL.md): Write letters`)
    expect(red).not.toContain('The way of')
    expect(red).not.toContain('Other ways')
    const blue = await promptOf('blue')
    expect(blue).toContain('Other ways')
    expect(blue).not.toContain('Find ways')
  })

  it('change with the files, from the next turn on', async () => {
    await open()
    expect(await promptOf('red')).not.toContain('# Skills')
    const file = inWorkspace('red', 'skills/a/SKILL.md')
    await write(file, skillText('maps', 'Find ways'))
    await expect.poll(() => promptOf('red'), { timeout: 20_000 }).toContain('Find ways')
    await write(file, skillText('maps', 'Find better ways'))
    await expect.poll(() => promptOf('red'), { timeout: 20_000 }).toContain('Find better ways')
    await rm(file)
    await expect.poll(() => promptOf('red'), { timeout: 20_000 }).not.toContain('# Skills')
  })

  it('are read with the file tool, and never written, where the agent may use them', async () => {
    await open({
      agents: [
        { id: 'red', default: true },
        { id: 'blue', skills: { deny: ['mail'] } },
      ],
    })
    const file = join(house.stateDir, 'skills/b/SKILL.md')
    await write(file, skillText('mail', 'Write letters'))
    await write(join(house.stateDir, 'skills/notes.md'), 'not a skill')
    expect(await resultOf('red', 'read', { path: file })).toContain('The way of mail.')
    expect(await resultOf('red', 'read', { path: join(file, '../../notes.md') })).toContain(
      'outside',
    )
    expect(await resultOf('red', 'write', { path: file, content: 'mine' })).toContain('outside')
    const edit = { path: file, oldText: 'The way', newText: 'No way' }
    expect(await resultOf('red', 'edit', edit)).toContain('outside')
    expect(await promptOf('blue')).not.toContain('Write letters')
    expect(await resultOf('blue', 'read', { path: file })).toContain('outside')
  })

  it('give their variables to the commands of those who may use them, and to nobody else', async () => {
    await open({
      agents: [
        {
          id: 'red',
          default: true,
          skills: { entries: { mail: { env: { MAIL_HOST: 'red-host' } } } },
        },
        { id: 'blue', skills: [] },
      ],
      more: { skills: { entries: { mail: { apiKey: 'fake-mail-key' } } } },
    })
    await write(
      join(house.stateDir, 'skills/b/SKILL.md'),
      skillText(
        'mail',
        'Write letters',
        '{ openclaw: { primaryEnv: MAIL_KEY, requires: { env: [MAIL_KEY, MAIL_HOST], bins: [sh] } } }',
      ),
    )
    const command = 'echo "key=$MAIL_KEY host=$MAIL_HOST"'
    expect(await promptOf('red')).toContain('Write letters')
    expect(await resultOf('red', 'exec', { command })).toContain('key=fake-mail-key host=red-host')
    expect(await resultOf('blue', 'exec', { command })).toContain('key= host=')
    expect(process.env).not.toHaveProperty('MAIL_KEY')
  })
})
