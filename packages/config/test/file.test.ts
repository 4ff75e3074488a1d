import {
  chmod,
  mkdir,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { JunctorError } from '@junctor/errors'
import { describe, expect, test } from 'vitest'
import * as file from '@junctor/config/file'
import { formatProblem } from '@junctor/config'
import { temporaryFolder } from './temporary-folder.ts'

const { configPaths, foreignPaths, loadConfigFile, writeFileAtomically, ConfigError } = file

describe('configPaths', () => {
  const home = '/home/ada'
  test.each([
    [{}, '/home/ada/.junctor/junctor.json', '/home/ada/.junctor'],
    [{ JUNCTOR_STATE_DIR: ' ' }, '/home/ada/.junctor/junctor.json', '/home/ada/.junctor'],
    [{ JUNCTOR_STATE_DIR: '/srv/j/' }, '/srv/j/junctor.json', '/srv/j'],
    [{ JUNCTOR_CONFIG_PATH: '~/c.json5' }, '/home/ada/c.json5', '/home/ada/.junctor'],
    [{ JUNCTOR_CONFIG_PATH: '/c', JUNCTOR_STATE_DIR: '~/s' }, '/c', '/home/ada/s'],
    [{ JUNCTOR_PROFILE: 'work' }, '/home/ada/.junctor/junctor.json', '/home/ada/.junctor'],
  ])('reads %j', (env, configPath, stateDir) => {
    const ownConfigPath = configPath
    expect(configPaths({ env, home })).toEqual({ configPath, stateDir, ownConfigPath })
  })

  test.each([
    [{ JUNCTOR_STATE_DIR: 'here' }, 'JUNCTOR_STATE_DIR is the relative path "here"'],
    [{ JUNCTOR_CONFIG_PATH: './c' }, 'JUNCTOR_CONFIG_PATH is the relative path "./c"'],
    [{ JUNCTOR_PROFILE: 'a/b' }, 'JUNCTOR_PROFILE is "a/b"'],
  ])('refuses %j', (env, message) => {
    expect(() => configPaths({ env, home })).toThrow(ConfigError)
    expect(() => configPaths({ env, home })).toThrow(message)
  })
})

describe('configPaths with the files of other systems', () => {
  async function write(home: string, ...paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      await mkdir(join(home, path, '..'), { recursive: true })
      await writeFile(join(home, path), '{}')
    }
  }

  test.each([
    ['.clawdbot/clawdbot.json', 'clawdbot', '.clawdbot'],
    ['.opensoul/opensoul.json', 'opensoul', '.opensoul'],
    ['.nelsonmuntz-c/clawdia.json', 'clawdia', '.clawdia'],
    ['.openclaw/openclaw.json', 'openclaw', '.openclaw'],
    ['.argentos/argent.json', 'argentos', '.argentos'],
  ] as const)('finds %s where there is none of ours', async (path, flavour, state) => {
    await using folder = await temporaryFolder()
    const home = folder.path
    await write(home, path)
    const stateDir = join(home, '.junctor')
    const ownConfigPath = join(stateDir, 'junctor.json')
    const configPath = join(home, path)
    expect(configPaths({ env: {}, home })).toEqual({ configPath, stateDir, flavour, ownConfigPath })
    expect(foreignPaths(flavour, { env: {}, home })).toEqual({
      configPath,
      stateDir: join(home, state),
    })
    // What the environment names is what is meant, there or not.
    const env = { JUNCTOR_CONFIG_PATH: '/c.json' }
    expect(configPaths({ env, home })).toMatchObject({ configPath: '/c.json' })
    await write(home, '.junctor/junctor.json')
    expect(configPaths({ env: {}, home })).toEqual({
      configPath: ownConfigPath,
      stateDir,
      ownConfigPath,
    })
  })

  test('looks where their own variables say', async () => {
    await using folder = await temporaryFolder()
    const home = folder.path
    await write(home, 'moved/opensoul.json', 'named.json')
    const moved = configPaths({ env: { OPENSOUL_STATE_DIR: '~/moved' }, home })
    expect(moved).toMatchObject({
      configPath: join(home, 'moved/opensoul.json'),
      flavour: 'opensoul',
      stateDir: join(home, '.junctor'),
    })
    const named = configPaths({ env: { CLAWDIA_CONFIG_PATH: '~/named.json' }, home })
    expect(named).toMatchObject({ configPath: join(home, 'named.json'), flavour: 'clawdia' })
    // The config of this system is kept apart from its state.
    const apart = foreignPaths('clawdia', { env: { CLAWDIA_STATE_DIR: '~/moved' }, home })
    expect(apart).toEqual({
      configPath: join(home, '.nelsonmuntz-c/clawdia.json'),
      stateDir: join(home, 'moved'),
    })
    expect(() => configPaths({ env: { CLAWDBOT_CONFIG_PATH: 'here' }, home })).toThrow(
      'CLAWDBOT_CONFIG_PATH is the relative path "here"',
    )
  })

  test('takes the one that is asked for', async () => {
    await using folder = await temporaryFolder()
    const home = folder.path
    await write(home, '.clawdbot/clawdbot.json', '.opensoul/opensoul.json', '.junctor/junctor.json')
    expect(configPaths({ env: {}, home, flavour: 'opensoul' }).configPath).toBe(
      join(home, '.opensoul/opensoul.json'),
    )
    expect(configPaths({ env: {}, home, flavour: 'argentos' }).configPath).toBe(
      join(home, '.argentos/argent.json'),
    )
    const penguin = configPaths({ env: {}, home, flavour: 'penguin' })
    expect(penguin).toMatchObject({ configPath: penguin.ownConfigPath, flavour: 'penguin' })
    expect(foreignPaths('penguin', { env: {}, home })).toBeUndefined()
  })
})

describe('loadConfigFile', () => {
  test('takes a file that is not there for an empty one', async () => {
    await using folder = await temporaryFolder()
    const configPath = join(folder.path, 'none', 'junctor.json')
    const result = await loadConfigFile({ configPath, stateDir: folder.path, env: {}, home: '/h' })
    expect(result).toMatchObject({
      ok: true,
      isBlank: true,
      config: { agents: { list: [{ id: 'main' }] } },
    })
  })

  test('reads secret files and relative paths from the folder of the config', async () => {
    await using folder = await temporaryFolder()
    const configPath = join(folder.path, 'junctor.json')
    await writeFile(join(folder.path, 'token'), 'secret\r\n')
    await writeFile(
      configPath,
      '{ agents: { list: [ { id: "a", workspace: "w" } ] }, channels: { telegram: { botToken: { $file: "token" }, allowFrom: ["1"] } } }',
    )
    const result = await loadConfigFile({ configPath, stateDir: '/s', env: {}, home: '/h' })
    expect(result).toMatchObject({
      ok: true,
      config: {
        agents: { list: [{ workspace: join(folder.path, 'w') }] },
        channels: { telegram: { default: { settings: { botToken: 'secret' } } } },
      },
    })
  })

  test.each([
    ['blank', 'the secret file "token" is blank'],
    [undefined, 'the secret file "token" cannot be read: ENOENT: no such file or directory'],
  ])('places a secret file that is %s', async (content, message) => {
    await using folder = await temporaryFolder()
    const configPath = join(folder.path, 'junctor.json')
    if (content !== undefined) await writeFile(join(folder.path, 'token'), '\n')
    await writeFile(configPath, '{\n channels: { telegram: { botToken: { $file: "token" } } } }')
    const { problems } = await loadConfigFile({ configPath, stateDir: '/s', env: {}, home: '/h' })
    expect(problems.map(formatProblem)).toEqual([
      expect.stringContaining(`${configPath}:2:36  error  channels.telegram.botToken: ${message}`),
    ])
  })

  test('finds two agents in one folder behind a link', async () => {
    await using folder = await temporaryFolder()
    const configPath = join(folder.path, 'junctor.json')
    await mkdir(join(folder.path, 'real'))
    await symlink('real', join(folder.path, 'link'))
    await writeFile(
      configPath,
      '{ agents: { list: [ { id: "a", agentDir: "link/new" }, { id: "b", agentDir: "real/new" } ] } }',
    )
    const { problems } = await loadConfigFile({ configPath, stateDir: '/s', env: {}, home: '/h' })
    expect(problems.map(({ code }) => code)).toEqual(['DUPLICATE_AGENT_DIR'])
  })

  test('finds two agents whose sessions are in one place behind a link', async () => {
    await using folder = await temporaryFolder()
    const configPath = join(folder.path, 'junctor.json')
    await mkdir(join(folder.path, 'agents', 'a'), { recursive: true })
    await symlink('a', join(folder.path, 'agents', 'b'))
    await writeFile(
      configPath,
      '{ agents: { list: [ { id: "a", agentDir: "x" }, { id: "b", agentDir: "y" } ] } }',
    )
    const options = { configPath, stateDir: folder.path, env: {}, home: '/h' }
    const { ok, problems } = await loadConfigFile(options)
    expect(ok).toBe(false)
    expect(problems.map(formatProblem)).toEqual([
      `${configPath}:1:55  error  agents.list[1].id: the agents "a" and "b" would keep their sessions in one place: ${folder.path}/agents/b leads to the folder of "a"; remove that link`,
    ])
  })

  test('reports a file that cannot be read', async () => {
    await using folder = await temporaryFolder()
    const result = await loadConfigFile({
      configPath: folder.path,
      stateDir: '/s',
      env: {},
      home: '/h',
    })
    expect(result).toMatchObject({
      ok: false,
      problems: [{ code: 'UNREADABLE', file: folder.path }],
    })
  })
})

describe('writeFileAtomically', () => {
  test('writes a new file for its owner alone, folders included', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'new', 'junctor.json')
    expect(await writeFileAtomically(path, 'one')).toEqual({ backupPath: undefined })
    expect(await readFile(path, 'utf8')).toBe('one')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  test('keeps the old content, the permissions and nothing else', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'junctor.json')
    await writeFile(path, 'one')
    // More than the usual umask lets through.
    await chmod(path, 0o666)
    expect(await writeFileAtomically(path, 'two')).toEqual({ backupPath: `${path}.bak` })
    expect(await readFile(path, 'utf8')).toBe('two')
    expect(await readFile(`${path}.bak`, 'utf8')).toBe('one')
    expect((await stat(path)).mode & 0o777).toBe(0o666)
    await writeFileAtomically(path, 'three', { backup: false })
    expect(await readFile(`${path}.bak`, 'utf8')).toBe('one')
    expect(await readdir(folder.path)).toEqual(['junctor.json', 'junctor.json.bak'])
  })

  test('writes through a link and leaves it a link', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'junctor.json')
    await writeFile(join(folder.path, 'real.json'), 'one')
    await symlink('real.json', path)
    await writeFileAtomically(path, 'two')
    expect(await readlink(path)).toBe('real.json')
    expect(await readFile(join(folder.path, 'real.json'), 'utf8')).toBe('two')
  })

  test('fails with its reason, and leaves no pieces behind', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'taken')
    await mkdir(path)
    const error: unknown = await writeFileAtomically(path, 'x', { backup: false }).catch(
      (reason: unknown) => reason,
    )
    expect(error).toMatchObject({ name: 'ConfigError', code: 'WRITE_FAILED' })
    expect(await readdir(folder.path)).toEqual(['taken'])
  })
})

test('every error that the package exports is branded', () => {
  const errors = Object.values(file).filter(
    (value) => Object.hasOwn(value, 'prototype') && value.prototype instanceof Error,
  )
  expect(errors).toEqual([ConfigError])
  expect(JunctorError.isInstance(new ConfigError('WRITE_FAILED', 'x'))).toBe(true)
})
