export { createBackoff } from './backoff.ts'
export type { Backoff, BackoffOptions } from './backoff.ts'
export type { Capabilities } from './capabilities.ts'
export type {
  Channel,
  ChannelHost,
  Command,
  ConfigSchema,
  Connection,
  Health,
  Logger,
  Vault,
} from './channel.ts'
export type {
  Address,
  Attachment,
  Envelope,
  EnvelopeBase,
  JsonValue,
  Mentions,
  MessageEnvelope,
  Peer,
  PeerKind,
  Reference,
  Sender,
} from './envelope.ts'
export { ChannelError } from './errors.ts'
export type { ChannelErrorCode } from './errors.ts'
export { createHealthBoard } from './health-board.ts'
export type { HealthBoard } from './health-board.ts'
export type { MessageStreams, StreamOptions } from './message-streams.ts'
export { createFlights } from './flights.ts'
export type { Flights } from './flights.ts'
export type { Outbound, OutboundFile, SendOptions, Sent, TypingOptions } from './outbound.ts'
