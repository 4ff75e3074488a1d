import { refuse, type SlackFile } from './types.ts'
import type { StoredFile, WorkspaceState } from './workspace-state.ts'

export interface SaidFile {
  readonly name: string
  readonly data: Uint8Array
  readonly mimetype?: string
  /** A file that lives elsewhere, at this address. */
  readonly external?: string
  /** Any other field of the file, like `file_access`. */
  readonly more?: Readonly<Record<string, unknown>>
}

const mediaTypes: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  pdf: 'application/pdf',
  jpg: 'image/jpeg',
  png: 'image/png',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
}

/** Keep a file that a person shares and describe it the way a message does. */
export function storeFile(workspace: WorkspaceState, said: SaidFile): SlackFile {
  const file = describe(workspace, said)
  workspace.files.set(file.id, { file, data: said.data, shares: [] })
  return file
}

/** A file of which only the name is known: its bytes come next. */
export function announceFile(workspace: WorkspaceState, name: string): SlackFile {
  const file = describe(workspace, { name, data: new Uint8Array() })
  workspace.files.set(file.id, { file, data: undefined, shares: [] })
  return file
}

export function findFile({ files }: WorkspaceState, id: unknown): StoredFile {
  return files.get(String(id)) ?? refuse('file_not_found')
}

function describe(workspace: WorkspaceState, said: SaidFile): SlackFile {
  const { name, data, external, more } = said
  const id = workspace.nextId('F')
  const address = `${workspace.origin()}/files-pri/${workspace.teamId}-${id}/${encodeURIComponent(name)}`
  const extension = name.split('.').at(-1) ?? ''
  return {
    id,
    name,
    title: name,
    mimetype: said.mimetype ?? mediaTypes[extension] ?? 'application/octet-stream',
    size: data.length,
    mode: external === undefined ? 'hosted' : 'external',
    is_external: external !== undefined,
    url_private: external ?? address,
    ...(external === undefined
      ? { url_private_download: address.replace('files-pri', 'files-dl') }
      : {}),
    ...more,
  }
}
