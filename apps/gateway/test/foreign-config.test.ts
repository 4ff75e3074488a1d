import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createInstallation, type Installation } from './installation.ts'

const theirs = `// My two numbers
{
  routing: {
    agents: {
      home: { name: 'Home', model: 'demo/junctor' }, // the family
      work: { model: 'demo/junctor' },
    },
    defaultAgentId: 'home',
    bindings: [{ agentId: 'work', match: { provider: 'telegram', accountId: 'biz' } }],
  },
  session: { mainKey: 'chat' },
  gateway: { port: 0 },
}
`

let installation: Installation
afterEach(() => installation.close())

/** Another system's config at its own place, and none of ours. */
async function install(text = theirs): Promise<{ readonly path: string; readonly own: string }> {
  installation = await createInstallation(undefined, { JUNCTOR_CONFIG_PATH: '' })
  const path = join(installation.directory, '.clawdbot', 'clawdbot.json')
  await mkdir(dirname(path))
  await writeFile(path, text)
  return { path, own: join(installation.stateDir, 'junctor.json') }
}

describe("another system's config", () => {
  it('is found at its place, read as it is, and never written', async () => {
    const { path } = await install()
    expect((await installation.run('config', 'path')).stdout).toBe(`${path}\n`)
    expect(await installation.json('agents', 'list', '--bindings', '--json')).toMatchObject([
      { id: 'home', default: true, workspace: join(installation.directory, 'clawd'), bindings: [] },
      { id: 'work', workspace: join(installation.directory, 'clawd-work'), bindings: [{}] },
    ])
    const added = await installation.run('agents', 'add', 'new', '--non-interactive')
    expect(added.code).toBe(1)
    expect(added.stderr).toContain(`${path} is Clawdbot's file and is never written.`)
    expect(await readFile(path, 'utf8')).toBe(theirs)
  })

  it('says at the start whose file is read, and keeps its state with ours', async () => {
    const { path } = await install()
    const gateway = await installation.start()
    expect(gateway.output()).toContain(`config   ${path}\n`)
    expect(gateway.output()).toContain('a file of Clawdbot, read as it is')
    await gateway.stop()
    expect(await readFile(path, 'utf8')).toBe(theirs)
    const state = join(installation.stateDir, 'agents', 'home', 'agent')
    expect(await installation.json('agents', 'list', '--json')).toMatchObject([
      { agentDir: state },
      {},
    ])
  })

  it('is checked with what differs from its own system', async () => {
    const { path } = await install()
    const { stdout, code } = await installation.run('config', 'validate')
    expect(code).toBe(0)
    expect(stdout).toContain(
      `${path}:11:14  session.mainKey: the key is used; Clawdbot reads it and routes to "main" all the same\n`,
    )
    expect(stdout).toContain(`${path} (a file of Clawdbot): 0 errors, 1 warning\n`)
  })

  it('is read as that of the system that is named', async () => {
    await install('{ agents: { list: [ { id: "a" } ] } }')
    const [agent] = (await installation.json(
      'agents',
      'list',
      '--json',
      '--flavour',
      'clawdia',
    )) as {
      workspace: string
    }[]
    expect(agent?.workspace).toBe(join(installation.directory, 'clawd'))
    const wrong = await installation.run('config', 'path', '--flavour', 'nobody')
    expect(wrong.code).toBe(2)
    expect(wrong.stderr).toContain('Allowed choices are junctor, clawdbot')
  })

  it('is asked for its system where nothing but a setting tells that it has one', async () => {
    const settings = { session: { scope: 'per-sender' }, agents: { list: [{ id: 'a' }] } }
    installation = await createInstallation(settings)
    const hint = 'If it is the file of another system, say whose: --flavour clawdbot|'
    expect((await installation.run('config', 'validate')).stdout).toContain(hint)
    expect((await installation.run('agents', 'list')).stderr).toContain(hint)
    const named = await installation.run('config', 'validate', '--flavour', 'clawdbot')
    expect(named.code).toBe(0)
    expect(named.stdout).not.toContain(hint)
    await installation.writeConfig({ agents: { list: [{ id: 'a', nmae: 'b' }] } })
    expect((await installation.run('config', 'validate')).stdout).not.toContain(hint)
  })
})

describe('config migrate', () => {
  it('prints our shape with the comments, and tells of every change', async () => {
    const { path } = await install()
    const { stdout, stderr, code } = await installation.run('config', 'migrate')
    expect(code).toBe(0)
    expect(stdout).toBe(`// My two numbers
{
  agents: {
    list: [
      { id: 'home', name: 'Home', model: 'demo/junctor', default: true, workspace: '~/clawd' }, // the family
      { id: 'work', model: 'demo/junctor', workspace: '~/clawd-work' },
    ],
  },
  bindings: [{ agentId: 'work', match: { channel: 'telegram', accountId: 'biz' } }],
  session: { mainKey: 'chat' },
  gateway: { port: 0 },
}
`)
    expect(stderr).toContain(`  ${path}:5:7  routing.agents.home → agents.list[0]\n`)
    expect(stderr).toContain('Otherwise than in Clawdbot:\n')
  })

  it('puts it into force beside the file that it was made from', async () => {
    const { path, own } = await install()
    const printed = await installation.run('config', 'migrate')
    const { stdout, code } = await installation.run('config', 'migrate', '--write')
    expect({ stdout, code }).toEqual({ stdout: `Wrote ${own}.\n`, code: 0 })
    expect(await readFile(own, 'utf8')).toBe(printed.stdout)
    expect(await readFile(path, 'utf8')).toBe(theirs)
    expect((await installation.run('config', 'path')).stdout).toBe(`${own}\n`)
    // Once more: what is there is not replaced by what was there before it.
    const again = await installation.run('config', 'migrate', path, '--write')
    expect(again.code).toBe(1)
    expect(again.stderr).toContain(`${own} is there already and was not replaced.`)
  })

  it('replaces a copy under our name, and keeps the old text', async () => {
    const { own } = await install()
    await mkdir(dirname(own))
    await writeFile(own, theirs)
    const outcome = await installation.json('config', 'migrate', '--write', '--json')
    expect(outcome).toMatchObject({
      path: own,
      flavour: 'clawdbot',
      written: own,
      backupPath: `${own}.bak`,
      differences: [{ path: 'routing.agents' }, { path: 'session.mainKey' }],
    })
    expect(await readFile(`${own}.bak`, 'utf8')).toBe(theirs)
    expect(await installation.json('config', 'migrate', '--json')).toMatchObject({
      flavour: 'junctor',
      changes: [],
      differences: [],
      text: await readFile(own, 'utf8'),
    })
  })

  it('keeps files that it includes, or makes one of all', async () => {
    const { path, own } = await install(
      "{ agents: { $include: './parts/agents.json5' }, telegram: { $include: './parts/t.json5' }, gateway: { port: 0 } }",
    )
    const parts = join(dirname(path), 'parts')
    await mkdir(parts)
    await writeFile(
      join(parts, 'agents.json5'),
      "{ list: [{ id: 'a', model: 'demo/junctor' }] } // one",
    )
    await writeFile(join(parts, 't.json5'), "{ token: 'fake', enabled: false, agent: 'a' } // two")
    const printed = await installation.run('config', 'migrate')
    expect(printed.stdout).not.toContain('$include')
    expect(printed.stdout).toMatch(/\/\/ one[^]*\/\/ two/)

    const ours = (name: string): string => join(dirname(own), 'parts', name)
    const { stdout, stderr, code } = await installation.run('config', 'migrate', '--write')
    expect({ stdout, code }).toEqual({
      stdout: `Wrote ${own}.\nWrote ${ours('agents.json5')}.\n`,
      code: 0,
    })
    expect(stderr).toContain(
      `Included: ${join(parts, 't.json5')}, whose content is in this file now.\n`,
    )
    expect(await readFile(own, 'utf8')).toContain("agents: { $include: './parts/agents.json5' }")
    expect(await readFile(ours('agents.json5'), 'utf8')).toContain("workspace: '~/clawd'")
    expect(await readFile(join(parts, 'agents.json5'), 'utf8')).toContain('// one')
    expect((await installation.run('config', 'validate')).stdout).toContain(`${own}: 0 errors`)

    const one = await installation.run('config', 'migrate', '--write', '--inline')
    expect(one.stdout).toBe(`Wrote ${own}.\n  kept  ${own}.bak\n`)
    expect(await readFile(own, 'utf8')).not.toContain('$include')
    expect((await installation.run('config', 'validate')).stdout).toContain(`${own}: 0 errors`)
  })

  it('writes nothing of a file with errors, and says where they are', async () => {
    const { path } = await install('{ routing: { agents: { home: { modle: "x" } } } }')
    const { stderr, stdout, code } = await installation.run('config', 'migrate', '--write')
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 })
    expect(stderr).toContain(
      `${path}:1:32  error  routing.agents.home.modle: unknown key "modle"; did you mean "model"?`,
    )
    expect(stderr).toContain(`Nothing was written: ${path} has errors.`)
    const missing = await installation.run('config', 'migrate', '/nowhere.json')
    expect(missing.code).toBe(3)
  })
})
