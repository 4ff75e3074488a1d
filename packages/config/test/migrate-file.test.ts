import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { formatProblem } from '@junctor/config'
import { migrateConfigFile, type MigratedConfigFile } from '@junctor/config/file'
import { temporaryFolder } from './temporary-folder.ts'

interface Migration {
  readonly files: Readonly<Record<string, string>>
  readonly target?: string
  readonly ownPlaces?: boolean
}

/** Migrates `clawdbot.json` of a folder; paths below it are given as `~~/…`. */
async function migrate({
  files,
  ...options
}: Migration): Promise<MigratedConfigFile & { readonly lines: readonly string[] }> {
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
  const included = migrated.included.map((file) => file.replace(folder.path, '~~'))
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
    expect(included).toEqual(['~~/parts/people.json5', '~~/a.json5', '~~/b.json5'])
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
