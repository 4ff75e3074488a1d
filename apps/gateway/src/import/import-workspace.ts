import { realpath, stat } from 'node:fs/promises'
import type { AgentConfig } from '@junctor/config'
import { isWithin } from '../is-within.ts'
import { copyFolder } from './copy-folder.ts'
import type { Tell } from './things.ts'

export interface WorkspaceOptions {
  readonly theirs: AgentConfig
  readonly ours: AgentConfig
  readonly stateDir: string
  readonly isDryRun: boolean
}

export async function importWorkspace(
  { theirs, ours, stateDir, isDryRun }: WorkspaceOptions,
  tell: Tell,
): Promise<void> {
  const { id: agent, workspace: name } = ours
  const from = theirs.workspace
  const thing = { kind: 'workspace', agent } as const
  const leave = (note: string): void => tell.thing({ ...thing, name: from, outcome: 'left', note })
  const found = await stat(from).catch(() => undefined)
  if (found === undefined) return leave('it is not there')
  if (!found.isDirectory()) return leave('it is no folder')
  const [source, target, state] = await Promise.all([from, name, stateDir].map(real))
  if (source === undefined || target === undefined || state === undefined) return
  if (source === target)
    return tell.thing({ ...thing, name, outcome: 'present', note: 'it is used where it is' })
  if (isWithin(target, source) || isWithin(state, source))
    return leave(`it holds ${isWithin(state, source) ? stateDir : name} itself`)
  const { copied, same, kept, left, failed } = await copyFolder(source, name, { isDryRun })
  tell.thing({
    ...thing,
    name,
    outcome: copied > 0 ? 'imported' : 'present',
    counts: { files: copied, 'there already': same, kept: kept.length, 'left out': left.length },
    note: `from ${from}`,
  })
  for (const path of kept)
    tell.thing({
      kind: 'file',
      agent,
      name: path,
      outcome: 'present',
      note: 'theirs is another one and was not taken',
    })
  for (const { path, reason } of left)
    tell.thing({ kind: 'file', agent, name: path, outcome: 'left', note: reason })
  for (const { path, reason } of failed)
    tell.thing({ kind: 'file', agent, name: path, outcome: 'failed', note: reason })
}

function real(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}
