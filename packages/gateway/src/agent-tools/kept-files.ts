import type { JsonValue, ToolContext } from '@junctor/agent'
import type { Capabilities } from '@junctor/channel'
import type { Store } from '@junctor/store'
import { keepFile, type KeptFile } from '../delivery/outbound-files.ts'
import { fieldOf } from '../envelopes.ts'

const MOST_FILES = 10
/** Of one file, on a platform that takes larger ones too: it is kept until it is sent. */
const MOST_BYTES = 10 * 1024 * 1024

interface Sending {
  /** Of the message: what has it is one message. */
  readonly key: string
  readonly capabilities: Capabilities | undefined
  readonly context: ToolContext
}

/** The files that a call names, as they are now, kept until they are sent. Throws what the model is to read. */
export async function keepFiles(
  store: Store,
  input: JsonValue,
  { key, capabilities, context }: Sending,
): Promise<readonly KeptFile[]> {
  const wanted = fieldOf(input, 'files') ?? []
  if (!Array.isArray(wanted) || wanted.length > MOST_FILES)
    throw new TypeError(`Not sent: "files" must be a list of at most ${MOST_FILES} paths.`)
  const paths = wanted.map((path: unknown) => {
    if (typeof path === 'string' && path !== '') return path
    throw new TypeError('Not sent: "files" must be paths of files.')
  })
  if (paths.length === 0) return []
  if (capabilities?.files === false)
    throw new TypeError('Not sent: this channel takes no files. Say what is in them instead.')
  const maxBytes = Math.min(MOST_BYTES, capabilities?.files.maxBytes ?? MOST_BYTES)
  const { agent, signal } = context
  const workbench = await context.workbench()
  const files: KeptFile[] = []
  for (const [index, path] of paths.entries()) {
    const bytes = await workbench.readFile(path, { maxBytes, signal })
    files.push(await keepFile(store.agent(agent.id), `${key}/${index}`, { path, bytes }))
  }
  return files
}
