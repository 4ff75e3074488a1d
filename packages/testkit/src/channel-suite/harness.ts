import type { Address, Channel } from '@junctor/channel'
import type { FaultEffect } from '../fault.ts'
import type { WaitOptions } from '../change-watch.ts'

/** What faults can be planted on: the account's login, its incoming events, or one method of its connection. */
export type HarnessOperation =
  | 'open'
  | 'receive'
  | 'send'
  | 'edit'
  | 'remove'
  | 'react'
  | 'typing'
  | 'download'

export interface HarnessSay {
  readonly text: string
  /** Written by the account itself, on another device. */
  readonly self?: boolean
  /** In the thread of `threadAddress`. */
  readonly inThread?: boolean
  /** Native id of the message that this one answers. */
  readonly replyTo?: string
  readonly file?: { readonly name: string; readonly data: Uint8Array }
}

/** A message as people see it. */
export interface HarnessMessage {
  readonly id: string
  readonly text: string
  readonly threadId?: string | undefined
  readonly replyTo?: string | undefined
  readonly reactions: readonly string[]
  /** Number of files it carries. */
  readonly files: number
}

/** A platform that can speak and be made to fail, with one channel account that is not open yet. */
export interface ChannelHarness<Config> {
  readonly channel: Channel<Config>
  readonly config: Config
  /** Well formed, but the platform refuses these credentials. */
  readonly refusedConfig: Config
  readonly accountId: string
  /** The conversation in which everything happens. */
  readonly address: Address
  /** The same with a thread, where the platform has threads. */
  readonly threadAddress?: Address
  /** Who reads a stream, where the platform wants to know. */
  readonly recipientId?: string
  /** Texts that must not show up in errors and logs. */
  readonly secrets?: readonly string[]
  /** Somebody writes. Returns the native id that the envelope must carry. */
  say(message: HarnessSay): string
  /** What the conversation shows once everything on its way has arrived, oldest first. */
  shown(): readonly HarnessMessage[] | Promise<readonly HarnessMessage[]>
  /** Native ids of the events that the platform will not offer again. */
  acknowledged(): readonly string[]
  /** How often an operation has reached the platform. */
  countCalls(operation: HarnessOperation): number
  fault(operation: HarnessOperation, effect: FaultEffect, times?: number): void
  /** Plant a fault on the next call of any stream, where the platform has streams. */
  faultStream?(effect: FaultEffect): void
  waitFor(predicate: () => boolean, options?: WaitOptions): Promise<void>
  /** Resolves once every new request is certainly refused. */
  stop(): Promise<void>
  restart(): Promise<void>
  /** Release everything; also called when the platform is stopped. */
  dispose(): Promise<void>
}
