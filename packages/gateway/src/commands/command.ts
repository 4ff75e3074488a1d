import type { MessageEnvelope } from '@junctor/channel'
import type { AgentStore, Backlog, NewTranscriptMessage, SessionChange } from '@junctor/store'
import type { Approvals } from '../approvals/approvals.ts'
import type { Explanation } from '../explanation.ts'
import type { Route } from '../routes.ts'
import type { PreparedAgent, Snapshot } from '../snapshot.ts'

/**
 * Who may use a command: everyone whom admission lets in; in rooms only those listed, since it touches the others' conversation;
 * or everywhere only those listed.
 */
export type Access = 'anyone' | 'listed in rooms' | 'listed'

/** What a command gets to know. */
export interface CommandContext {
  /** What follows the name, trimmed. */
  readonly argument: string
  readonly envelope: MessageEnvelope
  readonly route: Route
  readonly snapshot: Snapshot
  readonly prepared: PreparedAgent
  readonly agent: AgentStore
  /** People on this surface are authenticated by the gateway and pick the agent themselves. */
  readonly mayChooseAgent: boolean
  /** The sender may use commands that change things for others. */
  readonly isListed: boolean
  readonly approvals: Pick<Approvals, 'answer'>
  readonly explain: (id: string) => Promise<readonly Explanation[]>
  /** Ends what the session's sub-agents do. Answers how many were at it. */
  readonly stopSubagents: () => Promise<number>
}

/** What a command answers and changes, in one write. */
export interface CommandReply {
  /** Markdown. */
  readonly text: string
  readonly session?: SessionChange
  /** Ends everything unfinished in the session with this reason. */
  readonly stop?: string
  readonly transcript?: readonly NewTranscriptMessage[]
}

/** Called inside of the write, with the session's lane as it then stands. */
export type Decide = (lane: Backlog) => CommandReply

export interface ChatCommand {
  readonly name: string
  /** For menus: one short sentence. */
  readonly description: string
  /** What may follow, as `/help` shows it. Without it nothing may. */
  readonly argument?: string
  /** `in turn`: it takes its place behind the messages that were written before it. */
  readonly when: 'at once' | 'in turn'
  access(argument: string): Access
  /** Gathers what the answer needs. A wrong argument is an answer, too. */
  prepare(context: CommandContext): Decide | Promise<Decide>
}
