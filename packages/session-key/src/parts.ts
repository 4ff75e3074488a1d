/** How far apart the DMs of different people are kept. Under `main` everyone shares one conversation with the agent. */
export type DmScope = 'main' | 'per-peer' | 'per-channel-peer' | 'per-account-channel-peer'

/** A thread inside a conversation. Telegram calls it a topic; see `threadOf`. */
export interface SessionThread {
  readonly kind: 'thread' | 'topic'
  readonly id: string
}

/** The one conversation that all DMs of an agent fall into under `dmScope: 'main'`. */
export interface MainSession {
  readonly kind: 'main'
  readonly agentId: string
  readonly mainKey: string
  readonly thread?: SessionThread
}

/**
 * The DMs of one peer (`dm`: `id` is what the platform calls the sender) or of one linked identity (`person`: `id` is the
 * name under `identityLinks`). The two are spelled differently, so a stranger whose id is `alice` never reaches Alice.
 */
export type DirectSession = {
  readonly kind: 'dm' | 'person'
  readonly agentId: string
  readonly id: string
  readonly thread?: SessionThread
} & (
  | { readonly scope: 'per-peer' }
  | { readonly scope: 'per-channel-peer'; readonly channel: string }
  | {
      readonly scope: 'per-account-channel-peer'
      readonly channel: string
      readonly accountId: string
    }
)

/** One room. The account `default` is not written in the key, every other one is. */
export interface RoomSession {
  readonly kind: 'group' | 'channel'
  readonly agentId: string
  readonly channel: string
  readonly accountId: string
  readonly id: string
  readonly thread?: SessionThread
}

/** A run that another session of the agent started. */
export interface SubagentSession {
  readonly kind: 'subagent'
  readonly agentId: string
  readonly id: string
}

/** What a job runs in that has a session of its own. */
export interface CronSession {
  readonly kind: 'cron'
  readonly agentId: string
  readonly id: string
}

export type SessionKeyParts =
  | MainSession
  | DirectSession
  | RoomSession
  | SubagentSession
  | CronSession
