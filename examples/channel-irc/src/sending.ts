import { randomUUID } from 'node:crypto'
import type { Sent } from '@junctor/channel'
import { same } from './envelope.ts'
import { errorOf, ircError } from './errors.ts'
import { escapeTag, type Line } from './line.ts'
import type { Link } from './link.ts'

export interface Post {
  readonly target: string
  readonly lines: readonly string[]
  readonly replyTo: string | undefined
  readonly signal: AbortSignal
}

/** Messages on their way, one after the other: what the server says next is about the one that went last. */
export interface Sending {
  post(link: Link, post: Post): Promise<Sent>
  /** True when the line belongs to a message on its way. */
  takes(line: Line, link: Link): boolean
  idle(): Promise<void>
}

interface Flight {
  readonly label: string
  readonly target: string
  readonly arrived: PromiseWithResolvers<Sent>
  sent: Sent | undefined
  error: Error | undefined
}

/** What servers put up with. Beyond it we refuse, before the server ends the connection for flooding it. */
const BURST_LINES = 10
const MS_PER_LINE = 500

export function createSending(now: () => number = Date.now): Sending {
  let flight: Flight | undefined
  let last: Promise<unknown> = Promise.resolve()
  let allowance = BURST_LINES
  let countedAt = now()

  const spend = (lines: number): void => {
    allowance = Math.min(BURST_LINES, allowance + (now() - countedAt) / MS_PER_LINE)
    countedAt = now()
    // A message of more lines than a burst goes when the whole burst is free.
    const needed = Math.min(lines, BURST_LINES)
    if (allowance < needed) {
      const retryAfterMs = Math.ceil((needed - allowance) * MS_PER_LINE)
      throw ircError('RATE_LIMITED', `more than ${BURST_LINES} lines at a time`, { retryAfterMs })
    }
    allowance -= lines
  }

  const run = async (link: Link, { target, lines, replyTo, signal }: Post): Promise<Sent> => {
    if (signal.aborted) throw ircError('UNAVAILABLE', 'given up before it was sent')
    spend(lines.length)
    const label = randomUUID()
    const arrived = Promise.withResolvers<Sent>()
    flight = { label, target, arrived, sent: undefined, error: undefined }
    const giveUp = (): void => arrived.reject(ircError('UNKNOWN', 'given up after it was sent'))
    signal.addEventListener('abort', giveUp)
    void link.closed.then((reason) =>
      arrived.reject(ircError('UNKNOWN', `the connection ended after it was sent: ${reason}`)),
    )
    const tags = tagsOf(link, label, replyTo)
    for (const line of lines) link.write(`${tags}PRIVMSG ${target} :${line}`)
    // Servers work in order: their answer to this comes after whatever they say about the message.
    link.write(`PING :${label}`)
    try {
      return await arrived.promise
    } finally {
      signal.removeEventListener('abort', giveUp)
      flight = undefined
    }
  }

  const settle = ({ arrived, error, sent, label }: Flight): void => {
    if (error === undefined) arrived.resolve(sent ?? { nativeId: label, sentAt: now() })
    else arrived.reject(error)
  }

  return {
    post(link, post) {
      const sent = last.then(() => run(link, post))
      last = sent.catch(() => {})
      return sent
    },
    takes({ command, params, source, tags }, link) {
      if (flight === undefined) return false
      if (command === 'PONG' && params.includes(flight.label)) {
        settle(flight)
        return true
      }
      if (command === 'PRIVMSG' && same(source, link.nick)) {
        const isLabelled = tags.get('label') === flight.label
        if (!isLabelled && !same(params[0] ?? '', flight.target)) return false
        flight.sent ??= { nativeId: tags.get('msgid') ?? flight.label, sentAt: timeOf(tags, now) }
        return true
      }
      const error = errorOf(command, params.at(-1) ?? command)
      flight.error ??= error
      return error !== undefined
    },
    async idle() {
      await last
    },
  }
}

function tagsOf({ capabilities }: Link, label: string, replyTo: string | undefined): string {
  const tags = [
    ...(capabilities.has('labeled-response') ? [`label=${label}`] : []),
    ...(replyTo !== undefined && capabilities.has('message-tags')
      ? [`+draft/reply=${escapeTag(replyTo)}`]
      : []),
  ]
  return tags.length === 0 ? '' : `@${tags.join(';')} `
}

function timeOf(tags: ReadonlyMap<string, string>, now: () => number): number {
  const time = Date.parse(tags.get('time') ?? '')
  return Number.isNaN(time) ? now() : time
}
