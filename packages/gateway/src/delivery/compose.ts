import type { Address, Capabilities } from '@junctor/channel'
import type { NewDelivery } from '@junctor/store'
import { toJson } from '../envelopes.ts'
import type { NewId } from '../ids.ts'
import type { ShownDraft } from './draft-message.ts'
import type { KeptFile } from './outbound-files.ts'
import { splitMarkdown } from './split-markdown.ts'

export interface ComposeOptions {
  readonly text: string
  readonly agentId: string
  readonly address: Address
  /** Undefined while the account is not connected. */
  readonly capabilities: Capabilities | undefined
  readonly newId: NewId
  /** The inbox message that it answers. */
  readonly messageId: string
  /** Native id of the message that the first piece replies to. */
  readonly replyTo?: string
  /** They go with the first piece. */
  readonly files?: readonly KeptFile[]
  /** What the first piece was shown as while it was written. */
  readonly draft?: ShownDraft
}

/** Fits every platform that we know, for an answer that ends while its account is not connected. */
const CAUTIOUS_LENGTH = 2_000

/** One answer as the platform messages that carry it, each short enough for the platform. */
export function composeDeliveries(options: ComposeOptions): readonly NewDelivery[] {
  const { agentId, address, messageId, draft, replyTo, files = [] } = options
  const limit = options.capabilities?.maxTextLength ?? CAUTIOUS_LENGTH
  if (options.text === '') return []
  return splitMarkdown(options.text, limit).map((text, index) => {
    const isFirst = index === 0
    return {
      id: isFirst ? (draft?.id ?? options.newId('out')) : options.newId('out'),
      address,
      messageId,
      body: toJson({
        text,
        format: 'markdown',
        agentId,
        ...(isFirst && replyTo !== undefined ? { replyTo } : {}),
        ...(isFirst && files.length > 0 ? { files } : {}),
      }),
      ...(isFirst && draft?.nativeId !== undefined ? { editOf: draft.nativeId } : {}),
      ...(isFirst && draft !== undefined && draft.lost > 0 ? { unknowns: draft.lost } : {}),
    }
  })
}
