import { setTimeout as sleep } from 'node:timers/promises'
import { ChannelError, type Outbound, type OutboundFile, type Sent } from '@junctor/channel'
import { isOwnAddress } from './download.ts'
import { maxFileBytes } from './limits.ts'
import { toTextParams } from './outbound-text.ts'
import { toSent } from './target.ts'
import type { Api } from './web-api.ts'

export interface FileMessage {
  readonly channel: string
  readonly thread: string | undefined
  readonly files: readonly OutboundFile[]
  readonly message: Outbound
}

/**
 * The text goes ahead as a message of its own: a comment on files knows no Markdown, and Slack does not tell its id.
 * https://docs.slack.dev/messaging/working-with-files#upload
 */
export async function sendFiles(
  api: Api,
  { channel, thread, files, message }: FileMessage,
  signal: AbortSignal,
): Promise<Sent> {
  const place = thread === undefined ? {} : { thread_ts: thread }
  const uploaded: { readonly id: string; readonly title: string }[] = []
  // Nobody sees a file before the upload is completed.
  for (const file of files) uploaded.push(await upload(api, file, signal).catch(notPosted))
  const text =
    message.text === ''
      ? undefined
      : await api.call('send', signal, (client) =>
          client.chat.postMessage({ channel, ...place, ...toTextParams(message) }),
        )
  try {
    const [first, ...others] = uploaded
    if (first === undefined) throw new TypeError('There is no file to send')
    await api.call('send', signal, (client) =>
      client.files.completeUploadExternal({
        channel_id: channel,
        files: [first, ...others],
        ...(thread === undefined ? {} : { thread_ts: thread }),
      }),
    )
    return text === undefined ? await sentOf(api, first.id, channel, signal) : toSent(text.ts)
  } catch (error) {
    if (text === undefined) throw error
    // The text is posted: whatever stopped the files, this must not count as "not posted".
    const reason = error instanceof Error ? error.message : String(error)
    const problem = `The text was posted, the files not: ${reason}`
    throw new ChannelError('slack', 'UNKNOWN', problem, { cause: error })
  }
}

/** An upload whose outcome is unknown has not been seen by anybody. */
function notPosted(error: unknown): never {
  if (!ChannelError.isInstance(error) || error.code !== 'UNKNOWN') throw error
  throw new ChannelError('slack', 'UNAVAILABLE', error.message, { cause: error })
}

async function upload(
  api: Api,
  file: OutboundFile,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly title: string }> {
  const data = await readAll(file)
  const { upload_url: url, file_id: id } = await api.call('upload', signal, (client) =>
    client.files.getUploadURLExternal({ filename: file.name, length: data.length }),
  )
  if (!url || !id || !isOwnAddress(url, api.root))
    throw new ChannelError('slack', 'INVALID', 'Slack upload: the address is none of Slack’s.')
  await api.call('upload', signal, async () => {
    const response = await api.fetch(url, {
      method: 'POST',
      body: data,
      headers: { 'content-type': 'application/octet-stream' },
      redirect: 'error',
      signal,
    })
    await response.body?.cancel()
    if (response.ok) return
    const problem = `Slack upload: "${file.name}" was answered with status ${response.status}.`
    throw new ChannelError('slack', 'UNAVAILABLE', problem)
  })
  return { id, title: file.name }
}

async function readAll(file: OutboundFile): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of file.data()) {
    size += chunk.byteLength
    if (size > maxFileBytes) {
      const problem = `"${file.name}" is larger than the ${maxFileBytes} bytes that are uploaded to Slack.`
      throw new ChannelError('slack', 'TOO_LARGE', problem)
    }
    chunks.push(chunk)
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer())
}

const looks = 5
const lookEveryMs = 200

/** Slack makes the message after it has answered. Without its id the file's own stands for it. */
async function sentOf(
  api: Api,
  fileId: string,
  channel: string,
  signal: AbortSignal,
): Promise<Sent> {
  for (let look = 0; look < looks; look += 1) {
    const ts = await findShare(api, fileId, channel, signal)
    if (ts !== undefined) return toSent(ts)
    await sleep(lookEveryMs, undefined, { signal }).catch(() => {})
  }
  return { nativeId: fileId, sentAt: Date.now() }
}

async function findShare(
  api: Api,
  fileId: string,
  channel: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { file } = await api.call('send', signal, (client) => client.files.info({ file: fileId }))
    const shares = Object.values(file?.shares ?? {}) as readonly Shares[]
    return shares.flatMap((share) => share[channel] ?? []).find(({ ts }) => ts)?.ts
  } catch {
    // The files are posted: not finding their message must not look like a failure.
    return undefined
  }
}

type Shares = Readonly<Record<string, readonly { readonly ts?: string }[]>>
