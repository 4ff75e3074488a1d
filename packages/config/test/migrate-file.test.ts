import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatProblem, type MigratedConfig } from '@junctor/config'
import { loadConfigFile, migrateConfigFile } from '@junctor/config/file'
import { temporaryFolder } from './temporary-folder.ts'

interface Migration {
  readonly files: Readonly<Record<string, string>>
  readonly target?: string
  readonly ownPlaces?: boolean
  readonly includes?: 'keep'
}

/** Migrates `clawdbot.json` of a folder; paths below it are given as `~~/…`. */
async function migrate({
  files,
  ...options
}: Migration): Promise<MigratedConfig & { readonly lines: readonly string[] }> {
  await using folder = await temporaryFolder()
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder.path, name)), { recursive: true })
    await writeFile(join(folder.path, name), text)
  }
  const migrated = await migrateConfigFile({
    configPath: join(folder.path, 'clawdbot.json'),
    stateDir: join(folder.path, 'state'),
    home: '/home/ada',
    env: {},
    ...options,
  })
  const text = migrated.text?.replaceAll(folder.path, '~~')
  const included = migrated.included.map((each) => ({
    file: each.file.replace(folder.path, '~~'),
    text: each.text?.replaceAll(folder.path, '~~'),
  }))
  const lines = migrated.problems.map((each) => formatProblem(each).replaceAll(folder.path, '~~'))
  return { ...migrated, text, included, lines }
}

describe('a file that includes others', () => {
  test('is one file, with the comments of all of them', async () => {
    const { text, included, lines } = await migrate({
      files: {
        'clawdbot.json': `// The house
{
  // who lives here
  routing: { $include: './parts/people.json5' }, // from elsewhere
  telegram: { $include: ['./a.json5', './b.json5'], token: 't' },
  session: { dmScope: 'main' },
}
`,
        'parts/people.json5': `// people of the house
{
  agents: {
    // the kitchen
    home: { workspace: '~/k' }, // cooks
  },
  // nobody else
}
`,
        'a.json5': `{ dmPolicy: 'open', /* everybody */ allowFrom: ['*'] }`,
        'b.json5': `{ dmPolicy: 'pairing' } // not any more`,
      },
    })
    expect(lines).toEqual([])
    expect(included).toEqual(
      ['~~/parts/people.json5', '~~/a.json5', '~~/b.json5'].map((file) => ({ file })),
    )
    expect(text).toContain("'pairing'")
    for (const comment of [
      '// The house',
      '// who lives here',
      '// from elsewhere',
      '// people of the house',
      '// the kitchen',
      '// cooks',
      '// nobody else',
      '/* everybody */',
      '// not any more',
    ])
      expect(text?.split(comment)).toHaveLength(2)
    expect(text).toContain("id: 'home', workspace: '~/k'")
    expect(text).not.toContain('$include')
  })

  test('has no text while one of them is missing', async () => {
    const { text, lines } = await migrate({
      files: { 'clawdbot.json': "{ agents: { $include: './nowhere.json5' } }" },
    })
    expect(text).toBeUndefined()
    expect(lines).toEqual([
      expect.stringMatching(
        /^~~\/clawdbot.json:1:23 {2}error .* "\.\/nowhere\.json5" cannot be included/,
      ),
    ])
  })
})

describe('files that stay apart', () => {
  const files = {
    'clawdbot.json': `{
  // the people
  agents: { $include: './people.json5' },
  // where they are
  bindings: { $include: 'bindings.json5' }, // all of them
  routing: { $include: './old.json5' },
  channels: { telegram: { $include: ['./t.json5'], botToken: 'x' }, discord: { $include: 'd.json5' } },
  session: { dmScope: 'main' },
}
`,
    'people.json5': `// Everybody
{ list: [
  // the cook
  { $include: 'people/cook.json5' },
  { id: 'aid', tools: { deny: ['bash'] } }, // does not run things
] }
`,
    'people/cook.json5': "{ id: 'cook' } // in the kitchen\n",
    'bindings.json5': `[
  { agentId: 'aid', match: { provider: 'telegram' } }, // old words
]
`,
    'old.json5': '{ agentToAgent: { enabled: false } } // goes elsewhere',
    't.json5': "{ dmPolicy: 'open' } // beside a token",
    'd.json5': "{ token: 'y', allowFrom: ['1'], guilds: { '111111': {} } } // a server",
  }

  test('are each written in their place, with what is theirs', async () => {
    const { text, included, lines } = await migrate({ files, includes: 'keep' })
    expect(lines.filter((line) => line.includes('error'))).toEqual([])
    expect(text).toBe(`{
  // the people
  agents: { $include: './people.json5' },
  // where they are
  bindings: { $include: 'bindings.json5' }, // all of them
  channels: {
    telegram: {
      // beside a token
      dmPolicy: 'open',
      botToken: 'x',
    },
    discord: { $include: 'd.json5' },
  },
  session: { dmScope: 'main' },
  tools: {
    // goes elsewhere
    agentToAgent: { enabled: false },
  },
}
`)
    expect(included).toEqual([
      {
        file: '~~/people.json5',
        text: `// Everybody
{
  list: [
    // the cook
    { $include: 'people/cook.json5' },
    { id: 'aid', tools: { deny: ['exec'] }, workspace: '~/clawd-aid' }, // does not run things
  ],
}
`,
      },
      {
        file: '~~/people/cook.json5',
        text: `{ id: 'cook', workspace: '~/clawd' }
// in the kitchen
`,
      },
      {
        file: '~~/bindings.json5',
        text: `[
  { agentId: 'aid', match: { channel: 'telegram' } }, // old words
]
`,
      },
      { file: '~~/old.json5' },
      { file: '~~/t.json5' },
      {
        file: '~~/d.json5',
        text: `{ token: 'y', allowFrom: ['1'], groups: { 'guild:111111': {} } }
// a server
`,
      },
    ])
  })

  test('mean together what they meant before', async () => {
    await using folder = await temporaryFolder()
    const options = { stateDir: '/s', home: '/h', env: {} }
    const write = async (name: string, content: string): Promise<void> => {
      await mkdir(dirname(join(folder.path, name)), { recursive: true })
      await writeFile(join(folder.path, name), content)
    }
    for (const [name, content] of Object.entries(files)) await write(name, content)
    const configPath = join(folder.path, 'clawdbot.json')
    const before = await loadConfigFile({ ...options, configPath })
    const { text = '', included } = await migrateConfigFile({
      ...options,
      configPath,
      includes: 'keep',
    })
    await writeFile(join(folder.path, 'ours.json'), text)
    for (const each of included) await writeFile(each.file, each.text ?? '{ broken: [')
    const path = join(folder.path, 'ours.json')
    const after = await loadConfigFile({ ...options, configPath: path, flavour: 'junctor' })
    expect(after.problems.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(before.ok && before.config).toEqual(after.ok && after.config)
    expect(after.reading.changes).toEqual([])
  })

  test('go into the one file where their path would lead back to the old folder', async () => {
    await using folder = await temporaryFolder()
    const configPath = join(folder.path, 'clawdbot.json')
    await writeFile(
      configPath,
      "{ agents: { $include: '~/a.json5' }, session: { $include: 's.json5' } }",
    )
    await writeFile(join(folder.path, 'a.json5'), "{ list: [{ id: 'a' }] }")
    await writeFile(join(folder.path, 's.json5'), "{ dmScope: 'main' }")
    const options = {
      configPath,
      stateDir: '/s',
      home: folder.path,
      env: {},
      includes: 'keep',
    } as const
    const moved = await migrateConfigFile({ ...options, target: '/elsewhere/junctor.json' })
    expect(moved.text).toContain("id: 'a'")
    expect(moved.text).toContain("session: { $include: 's.json5' }")
    expect(moved.included.map(({ text }) => text !== undefined)).toEqual([false, true])
    const { text } = await migrateConfigFile(options)
    expect(text).toContain("agents: { $include: '~/a.json5' }")
  })

  test('are one where a file is included twice', async () => {
    const { text, included } = await migrate({
      files: {
        'clawdbot.json': `{ agents: { list: [ { $include: 'a.json5' } ] }, messages: { groupChat: { $include: 'g.json5' } }, tools: { $include: 'g.json5' } }`,
        'a.json5': "{ id: 'a' }",
        'g.json5': '{}',
      },
      includes: 'keep',
    })
    expect(text).toContain("agents: { list: [{ $include: 'a.json5' }] }")
    expect(text).toContain('tools: {}')
    expect(included.map((each) => each.text === undefined)).toEqual([false, true])
  })
})

describe('a file that goes to another folder', () => {
  const files = {
    'clawdbot.json': `{
  agents: { list: [
    { id: 'a', workspace: './a', agentDir: '../dir' },
    { id: 'b', workspace: '~/b' },
    { id: 'c', workspace: '/c' },
  ] },
  session: { dmScope: 'main' },
  channels: {
    whatsapp: { authDir: 'wa', accounts: { one: {}, two: { authDir: 'wa2' } } },
    telegram: { accounts: { x: { botToken: { $file: 'x.token' } }, y: { botToken: { $file: './y.token' } } } },
  },
}
`,
  }

  test('keeps the meaning of relative paths', async () => {
    const { text, lines } = await migrate({ files, target: '/home/ada/.junctor/junctor.json' })
    expect(lines.filter((line) => line.includes('error'))).toEqual([])
    const paths = [...(text ?? '').matchAll(/(?:workspace|agentDir|authDir|\$file): '([^']*)'/g)]
    expect(paths.map(([, path = '']) => path.replace(/^.*\/dir$/, '…/dir'))).toEqual([
      '~~/a',
      '…/dir',
      '~/b',
      '/c',
      '~~/wa',
      '~~/wa2',
      '~~/x.token',
      '~~/y.token',
    ])
  })

  test('leaves them as they are beside the file', async () => {
    const { text } = await migrate({ files })
    expect(text).toContain("workspace: './a', agentDir: '../dir'")
    expect(text).toContain("{ $file: 'x.token' }")
  })

  test('gives agents places of ours when they are to have them', async () => {
    const { text, config } = await migrate({ files, ownPlaces: true })
    expect(text).not.toMatch(/workspace|agentDir/)
    expect(text).toContain("{ id: 'a' }")
    // What the file says is known all the same.
    expect(config?.agents.list[1]?.workspace).toBe('/home/ada/b')
  })

  test('takes no secret and needs none', async () => {
    const { config, lines } = await migrate({
      files: {
        'clawdbot.json': `{ session: { dmScope: 'main' }, channels: { telegram: { botToken: '\${NOT_SET}' } } }`,
      },
    })
    expect(lines).toEqual([])
    expect(config?.channels['telegram']?.['default']?.settings['botToken']).toBe('${NOT_SET}')
  })
})
