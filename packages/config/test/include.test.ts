import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatProblem } from '@junctor/config'
import { loadConfigFile, type LoadedConfigFile } from '@junctor/config/file'
import { temporaryFolder } from './temporary-folder.ts'

type Files = Readonly<Record<string, string>>

async function loadFrom(folder: string, files: Files): Promise<LoadedConfigFile> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  const configPath = join(folder, 'junctor.json')
  return loadConfigFile({ configPath, stateDir: join(folder, 'state'), env: {}, home: folder })
}

async function load(files: Files): Promise<LoadedConfigFile> {
  await using folder = await temporaryFolder()
  return await loadFrom(folder.path, files)
}

async function problemsOf(files: Files): Promise<readonly string[]> {
  await using folder = await temporaryFolder()
  const { problems } = await loadFrom(folder.path, files)
  return problems.map((problem) => formatProblem(problem).replaceAll(`${folder.path}/`, ''))
}

describe('$include', () => {
  test('takes files at any place, relative to the file that names them', async () => {
    await using folder = await temporaryFolder()
    const result = await loadFrom(folder.path, {
      'junctor.json': `{
        agents: { $include: './parts/agents.json5' },
        bindings: { $include: './parts/bindings.json5' },
      }`,
      'parts/agents.json5': `{ list: [ { id: 'a' }, { $include: 'b.json5', name: 'Bee' } ] }`,
      'parts/b.json5': `{ id: 'b', name: 'overruled', workspace: 'w' } // relative to the config`,
      'parts/bindings.json5': `[ { agentId: 'b', match: { channel: 'web' } } ]`,
    })
    expect(result).toMatchObject({
      ok: true,
      problems: [],
      config: {
        agents: {
          list: [{ id: 'a' }, { id: 'b', name: 'Bee', workspace: join(folder.path, 'w') }],
        },
        bindings: [{ agentId: 'b' }],
      },
      files: ['junctor.json', 'parts/agents.json5', 'parts/b.json5', 'parts/bindings.json5'].map(
        (name) => ({ path: join(folder.path, name) }),
      ),
    })
  })

  test('merges several files in their order; own keys win, lists are replaced', async () => {
    const result = await load({
      'junctor.json': `{
        $include: ['one.json5', '~/two.json5'],
        tools: { allow: ['read'] },
      }`,
      'one.json5': `{ gateway: { port: 1, host: 'one' }, tools: { allow: ['exec'], deny: ['write'] }, bindings: [] }`,
      'two.json5': `{ gateway: { port: 2 }, agents: { list: [{ id: 'a' }] } }`,
    })
    expect(result).toMatchObject({
      ok: true,
      config: {
        gateway: { port: 2, host: 'one' },
        tools: { allow: ['read'], deny: ['write'] },
        agents: { list: [{ id: 'a' }] },
      },
    })
  })

  test('takes a file with nothing in it', async () => {
    const result = await load({
      'junctor.json': `{ $include: 'empty.json5', gateway: { port: 3 } }`,
      'empty.json5': '// later\n',
    })
    expect(result).toMatchObject({ ok: true, config: { gateway: { port: 3 } } })
  })

  test('places every problem in the file where it stands', async () => {
    const problems = await problemsOf({
      'junctor.json': `{\n  agents: { $include: 'agents.json5' },\n  gateway: { prot: 1 },\n}`,
      'agents.json5': `{\n  list: [],\n  list: [\n    { id: 'a' },\n  ],\n}`,
    })
    expect(problems).toEqual([
      'junctor.json:3:14  error  gateway.prot: unknown key "prot"; did you mean "port"?',
      'agents.json5:3:3  error  agents.list: the key "list" stands twice in one object, first in line 2; keep one',
    ])
    expect(
      await problemsOf({
        'junctor.json': `{ agents: { $include: 'agents.json5' } }`,
        'agents.json5': `{\n  list: [\n    { id: 'a' },\n    { id: 'A', modle: 'x/y' },\n  ],\n}`,
      }),
    ).toEqual([
      'agents.json5:4:11  error  agents.list[1].id: agents.list[0] already has the id "a"; rename one',
      'agents.json5:4:16  error  agents.list[1].modle: unknown key "modle"; did you mean "model"?',
    ])
  })

  test('places a syntax fault in the included file, and tells of nothing else', async () => {
    const problems = await problemsOf({
      'junctor.json': `{ agents: { $include: 'agents.json5' }, zebra: 1 }`,
      'agents.json5': `{\n  list: [ ?`,
    })
    expect(problems).toEqual(['agents.json5:2:11  error  agents: unexpected "?"'])
  })

  test.each<readonly [string, Files, string]>([
    [
      'a file that is not there',
      { 'junctor.json': `{ agents: { $include: 'none.json5' } }` },
      `junctor.json:1:23  error  agents.$include: the file "none.json5" cannot be included: ENOENT`,
    ],
    [
      'a number',
      { 'junctor.json': `{ agents: { $include: 5 } }` },
      'junctor.json:1:23  error  agents.$include: must be the path of a file, or a list of paths, not the number 5',
    ],
    [
      'an empty list',
      { 'junctor.json': `{ $include: [] }` },
      'junctor.json:1:13  error  $include: must be the path of a file, or a list of paths, not a list',
    ],
    [
      'files that include each other',
      {
        'junctor.json': `{ $include: 'a' }`,
        a: `{ $include: 'b' }`,
        b: `{ x: { $include: 'a' } }`,
      },
      `b:1:18  error  x.$include: the file "a" includes itself; remove one of the $include`,
    ],
    [
      'the config itself',
      { 'junctor.json': `{ x: { $include: './junctor.json' } }` },
      `junctor.json:1:18  error  x.$include: the file "./junctor.json" includes itself`,
    ],
    [
      'a list among other keys',
      { 'junctor.json': `{ agents: { $include: 'a', list: [] } }`, a: '[]' },
      'junctor.json:1:23  error  agents.$include: the file "a" holds no object, and only objects merge; include it alone',
    ],
    [
      'more than ten files deep',
      {
        'junctor.json': `{ $include: '0' }`,
        ...Object.fromEntries(
          Array.from({ length: 12 }, (_, n) => [`${n}`, `{ $include: '${n + 1}' }`]),
        ),
      },
      '9:1:13  error  $include: files include each other more than 10 deep; include fewer',
    ],
    [
      'too many files',
      {
        'junctor.json': `{ $include: '0' }`,
        ...Object.fromEntries(
          Array.from({ length: 9 }, (_, n) => [
            `${n}`,
            `{ ${'abcdefghij'.replaceAll(/./g, (key) => `${key}: { $include: '${n + 1}' },`)} }`,
          ]),
        ),
        9: '{}',
      },
      'more than 200 files are included; include fewer',
    ],
  ])('refuses %s', async (_name, files, message) => {
    expect(await problemsOf(files)).toContainEqual(expect.stringContaining(message))
  })

  test('refuses files outside the folder of the config, also behind a link', async () => {
    await using folder = await temporaryFolder()
    await writeFile(join(folder.path, 'secret.json5'), '{}')
    await mkdir(join(folder.path, 'config'))
    await symlink('../secret.json5', join(folder.path, 'config', 'link.json5'))
    for (const path of ['../secret.json5', join(folder.path, 'secret.json5'), 'link.json5']) {
      const text = JSON.stringify({ agents: { $include: path } })
      const { problems } = await loadFrom(join(folder.path, 'config'), { 'junctor.json': text })
      expect(problems.map(formatProblem)).toEqual([
        expect.stringContaining(
          `the file "${path}" cannot be included: it lies outside ${folder.path}/config, the folder of the config`,
        ),
      ])
    }
  })

  test('takes files beside a config that is a link', async () => {
    await using folder = await temporaryFolder()
    await mkdir(join(folder.path, 'real'))
    await writeFile(join(folder.path, 'real', 'junctor.json'), `{ $include: 'part.json5' }`)
    await writeFile(join(folder.path, 'real', 'part.json5'), '{ gateway: { port: 4 } }')
    await symlink('real/junctor.json', join(folder.path, 'junctor.json'))
    await symlink('real/part.json5', join(folder.path, 'part.json5'))
    const result = await loadFrom(folder.path, {})
    expect(result).toMatchObject({ ok: true, config: { gateway: { port: 4 } } })
  })

  test('names the files to watch, also those that are missing', async () => {
    await using folder = await temporaryFolder()
    const { ok, files } = await loadFrom(folder.path, {
      'junctor.json': `{ channels: { telegram: { allowFrom: ['1'], botToken: { $file: 'token' } } }, $include: 'ok' }`,
      ok: '{}',
    })
    expect(ok).toBe(false)
    expect(files).toEqual([
      { path: join(folder.path, 'junctor.json'), version: expect.stringMatching(/^\d+:/) },
      { path: join(folder.path, 'ok'), version: expect.stringMatching(/^\d+:/) },
      { path: join(folder.path, 'token'), version: 'missing' },
    ])
  })
})
