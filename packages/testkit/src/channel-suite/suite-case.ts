import type { Capabilities } from '@junctor/channel'
import type { Bench } from './session.ts'

/** One rule of the channel contract and how to see that it holds. */
export interface SuiteCase {
  /** The rule, as a sentence about the channel. */
  readonly name: string
  /** Which channels it is about. Default: all. */
  readonly applies?: (capabilities: Capabilities) => boolean
  readonly run: (bench: Bench) => Promise<void>
}
