import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { addAgent, bindAgent, formatProblem, removeAgent } from '@junctor/config'
import { editConfigFile, type EditedConfigFile } from '@junctor/config/file'
import { temporaryFolder } from './temporary-folder.ts'

interface Place {
  readonly configPath: string
  readonly stateDir: string
  readonly env: Readonly<Record<string, string>>
  readonly home: string
}

function placeIn(folder: string): Place {
  return { configPath: join(folder, 'junctor.json'), stateDir: folder, env: {}, home: folder }
}

function messagesOf(result: EditedConfigFile<object>): readonly string[] {
  return result.ok ? [] : result.problems.map(formatProblem)
}

describe('editConfigFile', () => {
  test('writes the file in which the entry lives, with a backup', async () => {
    await using folder = await temporaryFolder()
    const place = placeIn(folder.path)
    const agents = join(folder.path, 'agents.json5')
    await writeFile(place.configPath, `{ agents: { list: { $include: 'agents.json5' } } }`)
    await writeFile(agents, `[ { id: 'home' } ] // all`)
    const result = await editConfigFile(place, (source) => addAgent(source, { id: 'work' }))
    expect(result).toMatchObject({
      ok: true,
      config: { agents: { list: [{ id: 'home' }, { id: 'work' }] } },
      written: [{ path: agents, backupPath: `${agents}.bak` }],
    })
    expect(await readFile(agents, 'utf8')).toBe(`[ { id: 'home' }, { id: "work" } ] // all`)
    expect(await readFile(`${agents}.bak`, 'utf8')).toBe(`[ { id: 'home' } ] // all`)
  })

  test('makes the first file', async () => {
    await using folder = await temporaryFolder()
    const place = placeIn(join(folder.path, 'new'))
    const result = await editConfigFile(place, (source) => addAgent(source, { id: 'work' }))
    expect(result).toMatchObject({ ok: true, written: [{ backupPath: undefined }] })
  })

  test('refuses an edit that would leave an invalid config, and writes nothing', async () => {
    await using folder = await temporaryFolder()
    const place = placeIn(folder.path)
    const text = `{ agents: { list: [ { id: 'a', agentDir: 'x' } ] } }`
    await writeFile(place.configPath, text)
    const agent = { id: 'b', agentDir: join(folder.path, 'x') }
    const result = await editConfigFile(place, (source) => addAgent(source, agent))
    expect(messagesOf(result)).toEqual([
      expect.stringMatching(
        /junctor\.json:1:70 {2}error {2}agents\.list\[1\]\.agentDir: the agents "a" and "b"/,
      ),
    ])
    expect(await readFile(place.configPath, 'utf8')).toBe(text)
    expect(await readdir(folder.path)).toEqual(['junctor.json'])
  })

  test('does not ask for the secrets of the gateway, and still compares everything', async () => {
    await using folder = await temporaryFolder()
    const place = placeIn(folder.path)
    await writeFile(
      place.configPath,
      `{
        channels: { telegram: { dmPolicy: 'open', accounts: {
          default: {}, a: { botToken: '\${ONE}' }, b: { botToken: { $file: 'nowhere' } }, c: { botToken: '\${TWO}', apiRoot: '\${ROOT}' },
        } } },
        session: { dmScope: 'per-peer' },
      }`,
    )
    const add = (agent: { readonly id: string; readonly workspace?: string }) =>
      editConfigFile(place, (source) => addAgent(source, agent))
    expect(messagesOf(await add({ id: 'work' }))).toEqual([])
    expect(messagesOf(await add({ id: 'sales', workspace: 'workspace-work' })).join()).toMatch(
      /the agents "work" and "sales" would get one workspace/,
    )
  })

  test('loses neither of two edits at the same time', async () => {
    await using folder = await temporaryFolder()
    const place = placeIn(folder.path)
    const ids = ['a', 'b', 'c', 'd']
    const results = await Promise.all(
      ids.map((id) => editConfigFile(place, (source) => addAgent(source, { id }))),
    )
    expect(results.flatMap(messagesOf)).toEqual([])
    const text = await readFile(place.configPath, 'utf8')
    for (const id of ids) expect(text).toContain(`id: "${id}"`)
  })

  test('leaves every file as it was when one cannot be written', async () => {
    await using folder = await temporaryFolder()
    const place = placeIn(folder.path)
    const bindings = join(folder.path, 'bindings.json5')
    const text = `{ bindings: { $include: 'bindings.json5' }, agents: { list: [ { id: 'a' }, { id: 'b' } ] } }`
    await writeFile(place.configPath, text)
    await writeFile(bindings, `[ { agentId: 'b', match: { channel: 'web' } } ]`)
    // Where the backup should go.
    await mkdir(join(`${place.configPath}.bak`, 'taken'), { recursive: true })
    await expect(editConfigFile(place, (source) => removeAgent(source, 'b'))).rejects.toMatchObject(
      {
        code: 'WRITE_FAILED',
      },
    )
    expect(await readFile(place.configPath, 'utf8')).toBe(text)
    expect(await readFile(bindings, 'utf8')).toContain(`agentId: 'b'`)
  })

  test('passes on why an edit cannot be made', async () => {
    await using folder = await temporaryFolder()
    const result = await editConfigFile(placeIn(folder.path), (source) =>
      bindAgent(source, 'nobody', [{ channel: 'web' }]),
    )
    expect(messagesOf(result)).toEqual([
      `${folder.path}/junctor.json:1:1  error  agents: there is no agent "nobody" in the file`,
    ])
  })
})
