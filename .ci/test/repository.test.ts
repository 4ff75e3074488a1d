import { existsSync, lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readRepository, strangeContent } from './repository-files.ts'
import { publishedPackages, readWorkspace, root } from './workspace.ts'

describe('the repository', () => {
  it('holds nothing that is unfinished, local to a machine or switched off', () => {
    const files = readRepository()
    expect(files.length).toBeGreaterThan(50)
    expect(strangeContent(files)).toEqual([])
  })

  it.each([
    ['packages/router/src/a.ts', '// TODO later', 'unfinished'],
    ['packages/router/src/a.ts', "const path = '/Users/ada'", 'one machine'],
    ['packages/router/.npmrc', 'registry=https://registry.npmjs.org/', 'registry'],
    ['packages/router/src/a.ts', '// see R12', 'outside the repository'],
    ['packages/router/src/a.ts', '// @ts-ignore', 'switched-off'],
    ['packages/router/src/a.test.ts', "it.only('x', f)", 'hides'],
    ['packages/router/src/a.ts', "throw new Error('x')", 'without a code'],
  ])('would refuse %s with %s', (path, text, problem) => {
    expect(strangeContent([{ path, text }])).toEqual([expect.stringContaining(problem)])
  })

  it('carries its licence', () => {
    expect(readFileSync(join(root, 'LICENSE'), 'utf8')).toContain('MIT')
  })

  it('starts its scripts with the execute bit', () => {
    expect(lstatSync(join(root, '.ci/run')).mode & 0o111).not.toBe(0)
  })
})

describe.each(publishedPackages())('the manifest of $folder', ({ folder, manifest }) => {
  it('says what a registry shows', () => {
    expect(manifest).toMatchObject({
      description: expect.stringMatching(/\.$/),
      license: 'MIT',
      type: 'module',
      sideEffects: false,
      files: expect.arrayContaining(['dist']),
      engines: { node: expect.stringMatching(/^>=2[04]$/) },
      repository: { directory: folder },
      publishConfig: { access: 'public' },
    })
    if (folder.startsWith('packages/')) {
      expect(manifest.name).toBe(`@junctor/${folder.slice('packages/'.length)}`)
    }
  })

  it('exports the same entry points from its sources and from its build', () => {
    const sources = Object.entries(manifest.exports ?? {})
    const built = manifest.publishConfig?.exports ?? {}
    for (const [subpath, target] of sources) {
      if (typeof target === 'string') expect(built[subpath]).toBe(target)
      else {
        expect(target.types).toBe(target.default)
        expect(existsSync(join(root, folder, target.default)), target.default).toBe(true)
        const stem = target.default.replace('./src/', './dist/').replace(/\.ts$/, '')
        expect(built[subpath]).toEqual({ types: `${stem}.d.ts`, default: `${stem}.js` })
      }
    }
    // The build makes data from the code; the sources have no such file.
    const code = Object.keys(built).filter((subpath) => !subpath.endsWith('.json'))
    expect(code).toEqual(sources.map(([subpath]) => subpath))
  })

  it('shares its version with the others', () => {
    const versions = publishedPackages().map((one) => one.manifest.version)
    expect(new Set(versions)).toEqual(new Set([manifest.version]))
  })
})

describe('private packages', () => {
  it('are examples only', () => {
    const folders = readWorkspace().flatMap(({ manifest, folder }) =>
      manifest.private ? [folder] : [],
    )
    expect(folders.filter((folder) => !folder.startsWith('examples/'))).toEqual([])
  })
})
