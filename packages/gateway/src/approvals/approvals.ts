import { randomInt } from 'node:crypto'
import type { Logger } from '@junctor/channel'
import type { Store } from '@junctor/store'
import type { OpenConnection } from '../account.ts'
import type { Audit, AuditEntry } from '../audit.ts'
import { commandTurn } from '../command-turn.ts'
import { composeDeliveries } from '../delivery/compose.ts'
import { GatewayError } from '../errors.ts'
import type { NewId } from '../ids.ts'
import { internalBody, internalReference } from '../internal/internal-message.ts'
import type { Post } from '../internal/post.ts'
import type { Snapshot } from '../snapshot.ts'
import { digestOf, type Approval, type Approver, type AskedCall } from './approval.ts'
import { createApprovalBook } from './book.ts'
import { approverText, expiredText, questionText, wordText } from './texts.ts'

export interface ApprovalsOptions {
  readonly store: Store
  readonly audit: Audit
  readonly snapshot: () => Snapshot
  readonly post: Post
  readonly connection: (channel: string, accountId: string) => OpenConnection | undefined
  /** Committed messages wait to be sent. */
  readonly deliver: (agentId: string, sessionKey: string) => void
  readonly newId: NewId
  readonly now: () => number
  readonly log: Logger
}

/** A call that needs a person's word, and the turn that makes it. */
export interface Request
  extends AskedCall, Pick<Approval, 'rule' | 'answerTo' | 'causation' | 'writers'> {
  /** The attempt at a message that the turn is. */
  readonly attempt: NonNullable<Approval['usedIn']>
  /** The turn was begun by the word on this approval. */
  readonly wordOn: string | undefined
}

/** What becomes of such a call now. */
export type Ruling =
  | { readonly allowed: true; readonly approval: Approval }
  | { readonly allowed: false; readonly approval: Approval }
  /** The config names nobody who could be asked. */
  | { readonly allowed: false; readonly approval: undefined }

/** Calls that wait for a person's word. */
export interface Approvals {
  /** Spends the approval of this very call, once, or asks for one. */
  rule(request: Request): Promise<Ruling>
  /** The given word on this very call that is not spent yet. */
  granted(call: AskedCall): Promise<Approval | undefined>
  /** Newest last. What is over is kept for a day. */
  list(): Promise<readonly Approval[]>
  /**
   * Rejects with `UNKNOWN_APPROVAL` (no such one, or it is over), and with `NOT_AN_APPROVER` for somebody whom the config
   * does not name.
   */
  answer(
    id: string,
    verdict: 'approved' | 'denied',
    by: Approver,
    reason?: string,
  ): Promise<Approval>
  /** Ends what was not answered in time, and goes on with what a dead process left. */
  sweep(): Promise<void>
}

export function createApprovals(options: ApprovalsOptions): Approvals {
  const { store, snapshot, audit, post, newId, now, log } = options
  const book = createApprovalBook(store)
  /** Agents with approvals that are not over. Undefined: nobody has looked yet. */
  let busy: Set<string> | undefined

  /** Puts a text of the gateway on its way to where the call was asked for, once for each `key`. */
  const say = async (approval: Approval, key: string, text: string): Promise<void> => {
    const { agentId, sessionKey, answerTo, causation, id } = approval
    if (answerTo === undefined) return
    const { address, replyTo } = answerTo
    const origin = { kind: 'approval', approvalId: id } as const
    const messageId = newId('msg')
    const message = {
      id: messageId,
      reference: internalReference(origin, key),
      sessionKey,
      body: internalBody({ origin, text, causation, answerTo, sentAt: now() }),
      trace: null,
    }
    const { status } = await store.agent(agentId).answer(message, () => ({
      turn: commandTurn(newId('turn'), now(), { command: key }),
      transcript: [],
      deliveries: composeDeliveries({
        text,
        agentId,
        address,
        capabilities: options.connection(address.channel, address.accountId)?.channel.capabilities,
        newId,
        messageId,
        ...(replyTo === undefined ? {} : { replyTo }),
      }),
      outcome: { state: 'done' },
    }))
    if (status === 'answered') options.deliver(agentId, sessionKey)
  }

  /** Tells what has become of an approval. Interrupted by a crash it is told again, under the same key. */
  const tell = async (approval: Approval): Promise<void> => {
    const { id, state, sessionKey, answerTo, causation, told } = approval
    if (told === state || state === 'used') return
    if (state === 'pending') await say(approval, 'question', questionText(approval))
    else if (state === 'expired') await say(approval, 'expired', expiredText(approval))
    else
      await post({
        sessionKey,
        key: 'word',
        origin: { kind: 'approval', approvalId: id },
        text: wordText(approval),
        causation,
        ...(answerTo === undefined ? {} : { answerTo }),
      })
    await book.change(approval, (current) =>
      current.state === state ? { ...current, told: state } : undefined,
    )
  }

  const ask = async (request: Request, digest: string): Promise<Approval> => {
    const { attempt: _attempt, wordOn: _wordOn, ...asked } = request
    const askedAt = now()
    for (;;) {
      const approval: Approval = {
        ...asked,
        id: newApprovalId(),
        digest,
        state: 'pending',
        askedAt,
        expiresAt: askedAt + ttlMsOf(snapshot(), request.agentId),
      }
      if (!(await book.add(approval))) continue
      busy?.add(approval.agentId)
      log.info({ agentId: asked.agentId, approvalId: approval.id }, `approval asked: ${asked.tool}`)
      await record(approval, 'approval asked')
      return approval
    }
  }

  const record = (
    { agentId, sessionKey, tool, id }: Approval,
    decision: AuditEntry['decision'],
    by?: Approver,
  ): Promise<void> => {
    const rule = `approval ${id}${by === undefined ? '' : ` by ${approverText(by)}`}`
    return audit.record(agentId, [{ at: now(), decision, sessionKey, tool, rule }])
  }

  const isOpen = ({ state, expiresAt }: Approval): boolean =>
    state !== 'expired' && now() < expiresAt

  const isUnderWay = ({ state, told }: Approval): boolean =>
    state === 'pending' || (state !== 'used' && told !== state)

  const rule: Approvals['rule'] = async (request) => {
    const { agentId, attempt, wordOn } = request
    if (approversOf(snapshot(), agentId) === undefined)
      return { allowed: false, approval: undefined }
    const digest = digestOf(request)
    const same = (await book.list(agentId)).filter((each) => each.digest === digest)
    const spent = await spend(same, attempt)
    if (spent !== undefined) return { allowed: true, approval: spent }
    // A turn that was lost, and came again after the word was given, has made the call meanwhile.
    const made = same.find(({ id, state }) => id === wordOn && state === 'used')
    if (made !== undefined && made.usedIn?.messageId !== attempt.messageId)
      return { allowed: false, approval: made }
    const waiting = same.find((each) => isOpen(each) && ['pending', 'denied'].includes(each.state))
    const approval = waiting ?? (await ask(request, digest))
    await tell(approval)
    return { allowed: false, approval }
  }

  /** A later attempt at the message in which it was spent may spend it again: the earlier one was lost. */
  const spend = async (
    same: readonly Approval[],
    attempt: Request['attempt'],
  ): Promise<Approval | undefined> => {
    for (const each of same) {
      const spent = await book.change(each, (current) => {
        const { state, usedIn } = current
        const wasLost =
          state === 'used' &&
          usedIn?.messageId === attempt.messageId &&
          usedIn.attempt < attempt.attempt
        const isGranted = state === 'approved' && isOpen(current)
        return isGranted || wasLost ? { ...current, state: 'used', usedIn: attempt } : undefined
      })
      if (spent === undefined) continue
      await record(spent, 'approval used', spent.answeredBy)
      return spent
    }
    return undefined
  }

  return {
    rule,
    async granted(call) {
      const digest = digestOf(call)
      return (await book.list(call.agentId)).find(
        (each) => each.digest === digest && each.state === 'approved' && isOpen(each),
      )
    },
    async list() {
      const all = await Promise.all((await store.agents()).map((agentId) => book.list(agentId)))
      return all.flat().sort((one, other) => one.askedAt - other.askedAt)
    },
    async answer(id, verdict, by, reason) {
      const found = await book.find(id)
      if (found === undefined)
        throw new GatewayError('UNKNOWN_APPROVAL', `There is no approval "${id}".`)
      const approvers = approversOf(snapshot(), found.agentId)
      if (approvers === undefined || !lists(approvers.list, by))
        throw new GatewayError(
          'NOT_AN_APPROVER',
          `${approverText(by)} may not answer it: ${by.senderId} is not in ${approvers?.setting ?? 'tools.approvers'}.${by.channel}.`,
        )
      const at = now()
      const answered = await book.change(found, (current) =>
        current.state === 'pending' && isOpen(current)
          ? {
              ...current,
              state: verdict,
              answeredBy: by,
              answeredAt: at,
              expiresAt: at + ttlMsOf(snapshot(), current.agentId),
              ...(reason === undefined ? {} : { reason }),
            }
          : undefined,
      )
      if (answered === undefined)
        throw new GatewayError('UNKNOWN_APPROVAL', overText(await book.find(id), id))
      log.info({ agentId: found.agentId, approvalId: id, ...by }, `approval ${verdict}`)
      await record(answered, verdict === 'approved' ? 'approval given' : 'approval denied', by)
      await tell(answered)
      return answered
    },
    async sweep() {
      for (const agentId of Array.from(busy ?? snapshot().agents.keys())) {
        const known = await book.list(agentId)
        busy = new Set(busy)
        if (known.some(isUnderWay)) busy.add(agentId)
        else busy.delete(agentId)
        for (const each of known) {
          const isOver = each.state === 'pending' && now() >= each.expiresAt
          const ended = isOver
            ? await book.change(each, (current) =>
                current.state === 'pending' ? { ...current, state: 'expired' } : undefined,
              )
            : each
          if (isOver && ended !== undefined) await record(ended, 'approval expired')
          if (ended !== undefined && (isOver || isOpen(ended))) await tell(ended)
        }
      }
    },
  }
}

/** Who may answer for an agent; undefined when the config names nobody. */
export function approversOf(
  { config }: Pick<Snapshot, 'config'>,
  agentId: string,
):
  | { readonly list: Readonly<Record<string, readonly string[]>>; readonly setting: string }
  | undefined {
  const own = config.agents.list.find(({ id }) => id === agentId)?.tools.approvers
  const list = own ?? config.tools.approvers ?? {}
  const setting = own === undefined ? 'tools.approvers' : `agents.${agentId}.tools.approvers`
  return Object.values(list).every((senders) => senders.length === 0)
    ? undefined
    : { list, setting }
}

function lists(
  list: Readonly<Record<string, readonly string[]>>,
  { channel, senderId }: Approver,
): boolean {
  const senders = Object.hasOwn(list, channel) ? (list[channel] ?? []) : []
  return senders.includes('*') || senders.includes(senderId)
}

function ttlMsOf({ config }: Snapshot, agentId: string): number {
  const own = config.agents.list.find(({ id }) => id === agentId)?.tools.approvalMinutes
  return (own ?? config.tools.approvalMinutes ?? DEFAULT_MINUTES) * 60_000
}

function overText(approval: Approval | undefined, id: string): string {
  const by = approval?.answeredBy === undefined ? '' : ` by ${approverText(approval.answeredBy)}`
  return `Approval "${id}" is over: it was ${approval?.state === 'pending' ? 'not answered in time' : (approval?.state ?? 'removed')}${by}.`
}

const DEFAULT_MINUTES = 10
/** Without characters that are taken for one another. */
const ALPHABET = '34679acdefghjkmnpqrtwxy'

function newApprovalId(): string {
  return Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
}
