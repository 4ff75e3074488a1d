import type { Attachment } from '@junctor/channel'
import type { RawFile } from './payload.ts'

/** Files by Slack's id: where their bytes are is asked when somebody wants them. */
export function readAttachments(files: readonly RawFile[] = []): readonly Attachment[] {
  return files.flatMap(({ id, name, title, mimetype, size, mode }) => {
    // A file that was deleted, or one from before the workspace's horizon.
    if (id === undefined || mode === 'tombstone' || mode === 'hidden_by_limit') return []
    const shownName = name ?? title
    return [
      {
        kind: kindOf(mimetype),
        ref: id,
        ...(shownName === undefined ? {} : { name: shownName }),
        ...(mimetype === undefined ? {} : { mediaType: mimetype }),
        ...(size === undefined ? {} : { sizeBytes: size }),
      },
    ]
  })
}

function kindOf(mediaType = ''): Attachment['kind'] {
  const [family] = mediaType.split('/')
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'file'
}
