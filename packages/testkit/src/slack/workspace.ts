import type { Faults } from '../fault.ts'
import { findEntry, toShown } from './conversations.ts'
import type { AppEvent } from './deliveries.ts'
import { createHttpCarrier, signRequest, type SignedRequest, type Signing } from './http-sender.ts'
import { command, edit, react, remove, say, type Edit, type Reaction, type Say } from './people.ts'
import type { Sockets } from './sockets.ts'
import type { ConversationKind, ShownMessage, SlackCall, SlackMessage } from './types.ts'
import type { WorkspaceState } from './workspace-state.ts'

/** Why Slack asks an app to reconnect; `link_disabled`: Socket Mode was switched off. */
export type DisconnectReason =
  | 'warning'
  | 'refresh_requested'
  | 'link_disabled'
  | 'too_many_websockets'

/** One app in one workspace from the other side: what people do to it and what they see of it. */
export interface SlackWorkspace {
  readonly botToken: string
  readonly appToken: string
  readonly signingSecret: string
  readonly teamId: string
  readonly botUserId: string
  readonly faults: Faults
  /** Every call the app made, oldest first. */
  readonly calls: readonly SlackCall[]
  /** How often a method was called; uploads count as `upload`. */
  countCalls(method: string): number
  /** Make a conversation known without anybody having written. */
  addConversation(id: string, kind?: ConversationKind): void
  addPerson(id: string, person: { readonly name: string; readonly real_name: string }): void
  say(options: Say): SlackMessage
  edit(change: Edit): SlackMessage
  remove(message: Pick<Edit, 'channel' | 'ts'>): void
  react(reaction: Reaction): void
  /** A slash command. Returns its trigger id. */
  command(options: {
    readonly channel: string
    readonly command: string
    readonly text?: string
  }): string
  /** Any event as it is, well formed or not. */
  push(event: AppEvent): void
  /** The app is thrown out of a channel, or the channel is archived. */
  removeFrom(channel: string): void
  archive(channel: string): void
  /** What a conversation shows, oldest first. */
  messages(channel: string): readonly ShownMessage[]
  /** A stream ends without the app: after five minutes, or because a person stopped it. */
  endStream(channel: string, ts: string, by: 'time' | 'person'): void
  /** Events that the app has not acknowledged. */
  waiting(): readonly AppEvent[]
  acknowledged(): readonly AppEvent[]
  /** Slack gives up on all events that wait; they stay in the history. */
  forget(): void
  /** Events go to this address instead of Socket Mode. */
  sendTo(url: string): void
  /** An event as Slack posts it, signed, or wrongly signed. */
  sign(event: AppEvent, signing?: Signing): SignedRequest
  /** Open Socket Mode connections. */
  connections(): number
  /** Ask every connection to reconnect. Slack closes it some seconds later: `cut`. */
  disconnect(reason: DisconnectReason): void
  /** Break all TCP connections. */
  cut(): void
  /** All connections stay open and nothing comes over them any more. */
  silence(): void
  /** A frame as it is over every connection, JSON or not. */
  sendFrame(frame: string): void
  /** A token stops working; whoever is connected with it is thrown out. */
  revoke(token: 'bot' | 'app', error?: string): void
  /** Methods that the app lacks the scope for. */
  deny(...methods: readonly string[]): void
}

export function createWorkspace(
  state: WorkspaceState,
  sockets: Sockets,
  ackTimeoutMs: number,
): SlackWorkspace {
  const { conversations, deliveries } = state
  const eachLink = (act: (link: ReturnType<Sockets['of']>[number]) => void): void =>
    sockets.of(state).forEach(act)
  let leaveHttp: (() => void) | undefined

  return {
    botToken: state.botToken,
    appToken: state.appToken,
    signingSecret: state.signingSecret,
    teamId: state.teamId,
    botUserId: state.botUserId,
    faults: state.faults,
    calls: state.calls,
    countCalls: (method) => state.callCounts.get(method) ?? 0,
    addConversation: (id, kind) => void conversations.ensure(id, kind),
    addPerson: (id, person) => void state.people.set(id, person),
    say: (options) => say(state, options),
    edit: (change) => edit(state, change),
    remove: (message) => remove(state, message),
    react: (reaction) => react(state, reaction),
    command: (options) => command(state, options),
    push: (event) => deliveries.push(event),
    removeFrom(channel) {
      conversations.ensure(channel).isMember = false
    },
    archive(channel) {
      conversations.ensure(channel).isArchived = true
    },
    messages: (channel) => [...conversations.ensure(channel).messages.values()].map(toShown),
    endStream(channel, ts, by) {
      const { stream } = findEntry(conversations.ensure(channel), ts)
      if (!stream) throw new Error(`The message ${ts} in ${channel} is no stream`)
      stream.endedBy = by === 'time' ? 'message_not_in_streaming_state' : 'stopped_by_user'
      state.changed()
    },
    waiting: () => deliveries.waiting(),
    acknowledged: () => deliveries.acknowledged(),
    forget: () => deliveries.forget(),
    sendTo(url) {
      leaveHttp?.()
      leaveHttp = deliveries.addCarrier(createHttpCarrier(state, url, ackTimeoutMs))
    },
    sign: (event, signing) => signRequest(state, event, signing),
    connections: () => sockets.of(state).length,
    disconnect: (reason) =>
      eachLink((link) =>
        link.send({ type: 'disconnect', reason, debug_info: { host: 'applink' } }),
      ),
    cut: () => eachLink((link) => link.cut()),
    silence: () => eachLink((link) => link.silence()),
    sendFrame: (frame) => eachLink((link) => link.send(frame)),
    revoke(token, error = 'invalid_auth') {
      state.revoked.set(token === 'bot' ? state.botToken : state.appToken, error)
      if (token === 'app') eachLink((link) => link.cut())
    },
    deny: (...methods) => methods.forEach((method) => state.deniedMethods.add(method)),
  }
}
