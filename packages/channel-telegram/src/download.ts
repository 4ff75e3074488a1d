import { ChannelError, type ChannelHost } from '@junctor/channel'
import type { Api } from 'grammy'
import { toApiSignal } from './api-signal.ts'
import type { ErrorMapper } from './errors.ts'

export interface DownloadSource {
  readonly api: Api
  readonly host: ChannelHost
  readonly apiRoot: string
  readonly token: string
  readonly toError: ErrorMapper
}

/** The bytes of a `file_id`. Telegram gives bots files of up to 20 MB: https://core.telegram.org/bots/api#getfile */
export async function openFile(
  source: DownloadSource,
  ref: string,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const { api, host, apiRoot, token, toError } = source
  try {
    const { file_path: path } = await api.getFile(ref, toApiSignal(signal))
    if (!path) throw notFound('the file has no path')
    const url = `${apiRoot}/file/bot${token}/${path}`
    const response = await host.fetch(url, { signal, redirect: 'error' })
    if (!response.ok || !response.body) {
      await response.body?.cancel()
      throw notFound(`the file answers with ${response.status}`)
    }
    return response.body
  } catch (error) {
    throw toError(error, 'download')
  }
}

function notFound(reason: string): ChannelError {
  return new ChannelError('telegram', 'NOT_FOUND', `Telegram download: ${reason}.`)
}
