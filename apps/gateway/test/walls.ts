import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** What one agent has that no other may see, each with a mark of its own. */
export interface Belongings {
  readonly agentId: string
  readonly workspace: string
  readonly agentDir: string
  /** Every mark that stands for something of this agent's. */
  readonly marks: readonly string[]
  /** Absolute paths of files of its own, with what is in them. */
  readonly files: ReadonlyMap<string, string>
}

/** Plants an agent's files: in its workspace, its skill, its keys. */
export async function plant(stateDir: string, agentId: string): Promise<Belongings> {
  const workspace = join(stateDir, `workspace-${agentId}`)
  const agentDir = join(stateDir, 'agents', agentId, 'agent')
  const mark = (of: string): string => `${of}-of-${agentId}-9f3c`
  const files = new Map([
    [join(workspace, 'secret.txt'), mark('file')],
    [join(workspace, 'MEMORY.md'), mark('memory')],
    [
      join(workspace, 'skills/locksmith/SKILL.md'),
      `---\nname: locksmith-of-${agentId}\ndescription: ${mark('skill')}\n---\n${mark('skill')}`,
    ],
    [
      join(agentDir, 'auth-profiles.json'),
      JSON.stringify({
        version: 1,
        profiles: {
          'anthropic:default': { type: 'api_key', provider: 'anthropic', key: mark('key') },
        },
      }),
    ],
  ])
  for (const [path, text] of files) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(path, text, { mode: 0o600 })
  }
  const marks = ['file', 'memory', 'skill', 'key', 'said'].map(mark)
  return { agentId, workspace, agentDir, marks, files }
}

/** Ways in which a path may lead from one agent's workspace to a file of another's. */
export async function waysTo(from: Belongings, path: string): Promise<readonly string[]> {
  const up = `../${basename(dirname(path))}/${basename(path)}`
  const link = `link-to-${basename(path)}`
  const folderLink = `folder-of-${basename(dirname(path))}`
  await symlink(path, join(from.workspace, link)).catch(() => {})
  await symlink(dirname(path), join(from.workspace, folderLink)).catch(() => {})
  return [
    path,
    up,
    path.toUpperCase(),
    `.//..//${up}`,
    `skills/../../${up.slice(3)}`,
    join(from.workspace, up),
    `${from.workspace}-evil/../${up.slice(3)}`,
    link,
    join(folderLink, basename(path)),
    `/proc/self/root${path}`,
    `/proc/self/cwd${path}`,
    `/proc/thread-self/root/${path}`,
    `/dev/fd/../root${path}`,
    `file://${path}`,
    `~/${up}`,
    up.replaceAll('..', '\uFF0E\uFF0E'),
    up.replaceAll('../', '..%2f'),
    up.replaceAll('/', '\uFF0F'),
    up.replaceAll('/', '\\'),
    `${path}\0.txt`,
    `\u200B${path}`,
    `${path}/.`,
    `/../../../../../../..${path}`,
  ]
}

/** Throws when a file of an agent's is not as it was planted. */
export async function findChanged({ files }: Belongings): Promise<readonly string[]> {
  const changed: string[] = []
  for (const [path, text] of files)
    if ((await readFile(path, 'utf8').catch(() => 'gone')) !== text) changed.push(path)
  return changed
}
