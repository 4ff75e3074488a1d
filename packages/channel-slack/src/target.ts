import { ChannelError, type Address, type Sent } from '@junctor/channel'

/** The thread that a message belongs into: Slack shows what answers what by threads alone. */
export function threadFor(to: Address, replyTo: string | undefined): string | undefined {
  return [to.threadId, replyTo].find((ts) => ts !== undefined && isTimestamp(ts))
}

export function toTimestamp(nativeId: string): string {
  if (isTimestamp(nativeId)) return nativeId
  throw new ChannelError('slack', 'NOT_FOUND', `"${nativeId}" is not the id of a Slack message.`)
}

export function toSent(ts: string | undefined): Sent {
  if (ts === undefined) throw new TypeError('Slack answered without the id of the message')
  return { nativeId: ts, sentAt: Math.floor(Number(ts) * 1000) }
}

function isTimestamp(text: string): boolean {
  return /^\d+\.\d+$/.test(text)
}
