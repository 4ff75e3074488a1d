import type { Node } from '../json5/node.ts'
import type { Pattern } from './pattern.ts'

/** One row of the table of spellings: what is read, and what it means in the canonical shape. */
export type Alias =
  | Move
  | ListEntry
  | Words
  | Wrap
  | ChannelAgent
  | DefaultAgent
  | MapDefault
  | DefaultAgentsOwn
  | ModelAlias
  | ModelParts
  | NumberIds
  | DeniedTools
  | Rooms
  | IdleMinutes
  | RoomSenders
  | Ignored

interface Row {
  readonly from: Pattern
}

/** The same value elsewhere. What stands there already is merged; the same field with another value is an error. */
export interface Move extends Row {
  readonly kind: 'move'
  /** `*` takes the parts that `from` leaves open, in order. */
  readonly to: Pattern
  /** Where `to` lies in something that is plain text: the key that the text gets, so that there is room. */
  readonly textAs?: string
  /** Only where what stands there is such. Default: always. */
  readonly when?: (node: Node) => boolean
}

/** A member of an object becomes an element of a list, with its key as `id`. */
export interface ListEntry extends Row {
  readonly kind: 'list-entry'
  readonly list: Pattern
  /** Keys that it is not a slip of the pen for: such a key stays, and is refused with a hint. */
  readonly unlike?: readonly string[]
  /**
   * Who answers what nothing catches when no agent is marked: `main` where it is declared, or always, made when nobody
   * declares it. Otherwise the first, as in a list.
   */
  readonly main: 'preferred' | 'always'
}

/** Other words for the same values; compared without case. */
export interface Words extends Row {
  readonly kind: 'words'
  readonly words: Readonly<Record<string, string>>
}

/** Plain text where an object belongs. */
export interface Wrap extends Row {
  readonly kind: 'wrap'
  readonly key: string
}

/** The agent of a whole channel or account becomes a binding, behind all that are written. */
export interface ChannelAgent extends Row {
  readonly kind: 'channel-agent'
}

/** An id that names the default agent; the agent is made when nobody declares it. */
export interface DefaultAgent extends Row {
  readonly kind: 'default-agent'
}

/** Marks the agent that answers by the rule of the map form that was read. */
export interface MapDefault extends Row {
  readonly kind: 'map-default'
  readonly from: 'agents'
}

/** A setting of the default agent that stands at the top. */
export interface DefaultAgentsOwn extends Row {
  readonly kind: 'default-agents-own'
  readonly key: string
}

/** `{ alias }` of a model goes to `models.aliases`. */
export interface ModelAlias extends Row {
  readonly kind: 'model-alias'
}

/** `{ provider, model, max_output_tokens }` in place of `"provider/model"`. */
export interface ModelParts extends Row {
  readonly kind: 'model-parts'
}

/** Ids written as numbers: every digit is kept. */
export interface NumberIds extends Row {
  readonly kind: 'number-ids'
}

/** Rules that nothing here enforces: the tools that they are about are taken away instead. */
export interface DeniedTools extends Row {
  readonly kind: 'denied-tools'
  readonly tools: readonly string[]
  /** Of whom. Default: of whoever the rules stand beside. */
  readonly at?: string
  readonly when: (node: Node) => boolean
}

/** Left out. */
export interface Ignored extends Row {
  readonly kind: 'ignored'
  readonly why: string
  /** Whether somebody may miss it. */
  readonly warns?: true
  /** Default: always. */
  readonly when?: (node: Node, around: Node | undefined) => boolean
}

/** Discord's `guilds` or Slack's `channels`: rooms by id, which belong to `groups`. */
export interface Rooms extends Row {
  readonly kind: 'rooms'
  readonly of: 'guilds' | 'rooms'
}

/** The older way to say that a session ends when nothing is said for a while. */
export interface IdleMinutes extends Row {
  readonly kind: 'idle-minutes'
  readonly from: 'session.idleMinutes'
}

/** A channel of the family where `groupPolicy` is about senders as well as about rooms. */
export interface RoomSenders extends Row {
  readonly kind: 'room-senders'
}
