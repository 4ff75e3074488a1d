import type { OutboundFile } from '@junctor/channel'
import type { AgentStore, Delivery, JsonValue } from '@junctor/store'
import { fieldOf, textOf } from '../envelopes.ts'

/** A file of a delivery. Its bytes stand beside the delivery, so that a later try sends what was there when it was asked for. */
export interface KeptFile {
  readonly key: string
  readonly name: string
  readonly mediaType: string
}

/** Longer than anything is tried to be delivered. */
const KEPT_MS = 2 * 24 * 60 * 60_000

/** By what platforms show as more than a file. Everything else is bytes. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  ogg: 'audio/ogg',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  txt: 'text/plain',
  csv: 'text/csv',
  html: 'text/html',
}

/** Keeps the bytes under the key, unless something is there already: the same call made again. */
export async function keepFile(
  agent: AgentStore,
  key: string,
  { path, bytes }: { readonly path: string; readonly bytes: Uint8Array },
): Promise<KeptFile> {
  const data = Buffer.from(bytes).toString('base64')
  await tableOf(agent).put(key, data, { version: 0, ttlMs: KEPT_MS })
  const name = path.slice(path.lastIndexOf('/') + 1)
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  const known = Object.hasOwn(MEDIA_TYPES, extension) ? MEDIA_TYPES[extension] : undefined
  return { key, name, mediaType: known ?? 'application/octet-stream' }
}

/** The files that a delivery carries; undefined when the bytes of one are gone. */
export async function filesOf(
  agent: AgentStore,
  { body }: Pick<Delivery, 'body'>,
): Promise<readonly OutboundFile[] | undefined> {
  const files: OutboundFile[] = []
  for (const { key, name, mediaType } of keptIn(body)) {
    const entry = await tableOf(agent).get(key)
    if (typeof entry?.value !== 'string') return undefined
    const bytes = Uint8Array.from(Buffer.from(entry.value, 'base64'))
    files.push({ name, mediaType, data: () => new Blob([bytes]).stream() })
  }
  return files
}

/** The delivery has its outcome. */
export async function dropFiles(
  agent: AgentStore,
  { body }: Pick<Delivery, 'body'>,
): Promise<void> {
  for (const { key } of keptIn(body)) await tableOf(agent).remove(key)
}

function keptIn(body: JsonValue): readonly KeptFile[] {
  const files = fieldOf(body, 'files')
  return (Array.isArray(files) ? files : []).map((file: JsonValue) => ({
    key: textOf(file, 'key'),
    name: textOf(file, 'name'),
    mediaType: textOf(file, 'mediaType'),
  }))
}

function tableOf(agent: AgentStore): ReturnType<AgentStore['table']> {
  return agent.table('outbound-files')
}
