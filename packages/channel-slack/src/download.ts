import { ChannelError, type ChannelErrorCode } from '@junctor/channel'
import { maxFileBytes } from './limits.ts'
import type { Api } from './web-api.ts'

/** The bytes of a file by its id. Slack is asked where they are, and the token goes to nobody but Slack. */
export function openFile(
  api: Api,
  ref: string,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  return api.call('download', signal, async (client) => {
    const { file } = await client.files.info({ file: ref })
    const url = file?.url_private_download ?? file?.url_private
    if (!url) throw refusal('NOT_FOUND', 'the file has no address')
    if (!isOwnAddress(url, api.root))
      throw refusal('UNSUPPORTED', 'the file lies outside of Slack, and is not fetched from there')
    if ((file?.size ?? 0) > maxFileBytes)
      throw refusal('TOO_LARGE', `the file has more than ${maxFileBytes} bytes`)
    const response = await api.fetch(url, {
      headers: { authorization: `Bearer ${api.botToken}` },
      redirect: 'manual',
      signal,
    })
    if (response.ok && response.body) return response.body.pipeThrough(limit())
    await response.body?.cancel()
    // Who may not read a file is sent to the login page.
    if (response.status >= 300 && response.status < 400)
      throw refusal('FORBIDDEN', 'the file may not be read; add the scope files:read to the app')
    throw refusal('NOT_FOUND', `the file is answered with ${response.status}`)
  })
}

/** Whether an address is the Web API's own host or one below it, as files.slack.com is below slack.com. */
export function isOwnAddress(url: string, root: URL): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host } = new URL(url)
  return protocol === root.protocol && (host === root.host || host.endsWith(`.${root.host}`))
}

function limit(): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength
      if (bytes > maxFileBytes)
        throw refusal('TOO_LARGE', `the file has more than ${maxFileBytes} bytes`)
      controller.enqueue(chunk)
    },
  })
}

function refusal(code: ChannelErrorCode, problem: string): ChannelError {
  return new ChannelError('slack', code, `Slack download: ${problem}.`)
}
