import type { Capabilities } from '@junctor/channel'
import { JunctorError } from '@junctor/errors'
import type { Draft } from '@junctor/store'
import type { OpenConnection } from '../account.ts'
import { createDraftMessage, type DraftMessageOptions, type ShownDraft } from './draft-message.ts'
import { splitMarkdown } from './split-markdown.ts'

export interface LiveDraftOptions extends Omit<DraftMessageOptions, 'target'> {
  readonly target: OpenConnection | undefined
  readonly now: () => number
}

/** The message that shows an answer while the model writes it. */
export interface LiveDraft {
  /** The whole text so far. Shown when the platform's interval allows. */
  update(text: string): void
  /** Stop showing. Answers what became of it. */
  finish(): Promise<ShownDraft>
  /** The same for a turn that was given up: nothing that is not shown yet is shown. After `finish` it changes nothing. */
  abandon(): Promise<ShownDraft>
}

/** Text that arrives faster than this is not worth a draft: the answer is posted whole. */
const LONGEST_QUIET_MS = 1_000

export function createLiveDraft(options: LiveDraftOptions): LiveDraft {
  const { target, log, now, id, left } = options
  const leave = async (): Promise<ShownDraft> => leftDraft(id, left)
  if (target === undefined || !showsDrafts(target.channel.capabilities))
    return { update() {}, finish: leave, abandon: leave }

  const message = createDraftMessage({ ...options, target })
  const limit = target.channel.capabilities.maxTextLength
  let wanted = ''
  let shown = ''
  let isStale = false
  let nextAt: number | undefined
  let timer: NodeJS.Timeout | undefined
  let showing: Promise<void> | undefined
  let isOver = false
  let ending: Promise<ShownDraft> | undefined

  const firstPiece = (): string => splitMarkdown(wanted, limit)[0] ?? ''

  const show = async (): Promise<void> => {
    isStale = false
    const text = firstPiece()
    if (text === '' || text === shown) return
    await message.show(text)
    shown = text
  }

  const schedule = (): void => {
    if (isOver || timer !== undefined || showing !== undefined) return
    nextAt ??= now() + Math.min(message.intervalMs, LONGEST_QUIET_MS)
    timer = setTimeout(
      () => {
        timer = undefined
        showing = show().then(shownOnce, failedOnce)
      },
      Math.max(0, nextAt - now()),
    )
  }

  const shownOnce = (): void => {
    showing = undefined
    nextAt = now() + message.intervalMs
    if (isStale) schedule()
  }

  const failedOnce = (error: unknown): void => {
    showing = undefined
    const retryAfterMs = JunctorError.isInstance(error) ? error.retryAfterMs : undefined
    log.debug({ error: String(error) }, 'a draft could not be shown')
    // Without a wait from the platform the draft ends here: the committed answer replaces or follows it.
    if (retryAfterMs === undefined) isOver = true
    else nextAt = now() + retryAfterMs
  }

  const end = async (lastText: () => string): Promise<ShownDraft> => {
    isOver = true
    clearTimeout(timer)
    await showing
    await message.finish(lastText())
    const { nativeId, lost } = message
    return { id, lost, ...(nativeId === undefined ? {} : { nativeId }) }
  }

  return {
    update(text) {
      wanted = text
      isStale = true
      schedule()
    },
    finish: () => (ending ??= end(firstPiece)),
    abandon: () => (ending ??= end(() => shown)),
  }
}

function showsDrafts({ edit, stream }: Capabilities): boolean {
  if (edit === false) return false
  return edit.drafts !== false || Boolean(stream)
}

/** What an earlier, lost attempt left on the platform, where nothing is added to it. */
export function leftDraft(id: string, left: Draft | undefined): ShownDraft {
  if (left === undefined) return { id, lost: 0 }
  const { nativeId, lost = 0 } = left
  return nativeId === undefined ? { id, lost: lost + 1 } : { id, lost, nativeId }
}
