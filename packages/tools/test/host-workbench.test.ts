import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Workbench } from '@junctor/agent'
import { workbenchSuite } from '@junctor/testkit/workbench-suite'
import { createHostWorkbench } from '@junctor/tools'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let folder: string
let workspace: string
let workbench: Workbench
const signal = AbortSignal.timeout(600_000)
const text = new TextEncoder().encode('mine')

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'junctor-host-')))
  workspace = join(folder, 'workspace')
  await mkdir(workspace)
  await mkdir(join(folder, 'workspace-of-another'))
  await writeFile(join(folder, 'workspace-of-another', 'plan.md'), 'theirs')
  workbench = createHostWorkbench({ folder: workspace })
})
afterAll(() => rm(folder, { recursive: true }))

workbenchSuite({ describe, it, name: 'host', open: async () => workbench })

const outside = { code: 'OUTSIDE_WORKSPACE' }

describe('file tools on the host stay inside the workspace', () => {
  it.each([
    '../workspace-of-another/plan.md',
    'x/../../workspace-of-another/plan.md',
    '/etc/hosts',
    '/proc/self/environ',
    '../workspace-of-another/new.md',
  ])('%s', async (path) => {
    await expect(workbench.readFile(path, { signal, maxBytes: 1 })).rejects.toMatchObject(outside)
    await expect(workbench.writeFile(path, text, { signal })).rejects.toMatchObject(outside)
    await expect(workbench.removeFile(path, { signal })).rejects.toMatchObject(outside)
  })

  it('when a folder on the way is a link, and replace a link instead of following it', async () => {
    await symlink(join(folder, 'workspace-of-another'), join(workspace, 'door'))
    await expect(workbench.writeFile('door/plan.md', text, { signal })).rejects.toMatchObject(
      outside,
    )
    await expect(workbench.writeFile('door/new/plan.md', text, { signal })).rejects.toMatchObject(
      outside,
    )
    await expect(workbench.removeFile('door/plan.md', { signal })).rejects.toMatchObject(outside)

    await symlink(join(folder, 'workspace-of-another/plan.md'), join(workspace, 'shortcut.md'))
    await workbench.writeFile('shortcut.md', text, { signal })
    expect(await readFile(join(workspace, 'shortcut.md'), 'utf8')).toBe('mine')

    await symlink(join(folder, 'not-there-yet'), join(workspace, 'dangling'))
    await expect(workbench.writeFile('dangling/x', text, { signal })).rejects.toThrow()
    expect(await readFile(join(folder, 'workspace-of-another/plan.md'), 'utf8')).toBe('theirs')
  })

  it('unless they are let out', async () => {
    const free = createHostWorkbench({ folder: workspace, workspaceOnly: false })
    const path = join(folder, 'free.md')
    await free.writeFile(path, text, { signal })
    await free.writeFile('own.md', text, { signal })
    expect(await readFile(path, 'utf8')).toBe('mine')
    expect(await readFile(join(workspace, 'own.md'), 'utf8')).toBe('mine')
  })
})
