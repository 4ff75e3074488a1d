import type { RawFile } from '@discordjs/rest'
import { ChannelError, type OutboundFile } from '@junctor/channel'

/** For each file: https://discord.com/developers/docs/reference#uploading-files */
export const maxFileBytes = 10 * 1024 * 1024
const mostFiles = 10

/** The client takes whole files only. */
export async function readFiles(files: readonly OutboundFile[]): Promise<readonly RawFile[]> {
  if (files.length > mostFiles) {
    throw new ChannelError(
      'discord',
      'INVALID',
      `Discord takes at most ${mostFiles} files in one message, not ${files.length}; send them in several.`,
    )
  }
  const read: RawFile[] = []
  for (const file of files) {
    read.push({ name: file.name, contentType: file.mediaType, data: await readWhole(file) })
  }
  return read
}

async function readWhole({ name, data }: OutboundFile): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of data()) {
    bytes += chunk.byteLength
    if (bytes > maxFileBytes) {
      throw new ChannelError(
        'discord',
        'TOO_LARGE',
        `"${name}" is larger than the ${maxFileBytes} bytes that Discord takes.`,
      )
    }
    chunks.push(chunk)
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer())
}
