import { ChannelError, type ChannelHost } from '@junctor/channel'
import type { Calls } from './calls.ts'
import { filesOf } from './content.ts'

export interface DownloadOptions {
  readonly calls: Calls
  readonly host: ChannelHost
  /** Undefined for Discord itself. */
  readonly apiRoot: string | undefined
}

/** More than people may upload without paying for it. */
const maxDownloadBytes = 25 * 1024 * 1024
/** https://discord.com/developers/docs/reference#image-formatting */
const discordHosts = new Set(['cdn.discordapp.com', 'media.discordapp.net'])

/** The bytes of an attachment. Its address comes from Discord each time, because addresses expire. */
export async function openAttachment(
  options: DownloadOptions,
  ref: string,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const [channelId = '', messageId = '', id = ''] = ref.split('/')
  if (!/^\d+\/\d+\/\d+$/.test(ref)) throw notFound(`"${ref}" names no attachment`)
  const message = await options.calls.api.channels.getMessage(channelId, messageId, { signal })
  const file = filesOf(message).find((one) => one.id === id)
  if (!file) throw notFound('the message no longer has this attachment')
  if (file.size > maxDownloadBytes) throw tooLarge()
  if (!isDiscords(file.url, options.apiRoot)) {
    throw new ChannelError('discord', 'FORBIDDEN', 'Discord download: the file is not at Discord.')
  }
  const response = await options.host.fetch(file.url, { signal, redirect: 'error' })
  if (!response.ok || !response.body) {
    await response.body?.cancel()
    throw notFound(`the file answers with ${response.status}`)
  }
  return response.body.pipeThrough(limit())
}

/** Nobody who writes a message may choose where this machine connects to. */
function isDiscords(address: string, apiRoot: string | undefined): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, host, origin } = new URL(address)
  if (apiRoot !== undefined) return origin === new URL(apiRoot).origin
  return protocol === 'https:' && discordHosts.has(host)
}

function limit(): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength
      if (bytes > maxDownloadBytes) throw tooLarge()
      controller.enqueue(chunk)
    },
  })
}

function tooLarge(): ChannelError {
  const message = `Discord download: the file is larger than ${maxDownloadBytes} bytes.`
  return new ChannelError('discord', 'TOO_LARGE', message)
}

function notFound(reason: string): ChannelError {
  return new ChannelError('discord', 'NOT_FOUND', `Discord download: ${reason}.`)
}
