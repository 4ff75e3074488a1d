import type { AnswerTo, Mail } from './mail.ts'

/** What a running turn answers, for tools that act in its name. */
export interface TurnCause extends Pick<Mail, 'causation'> {
  /** The first of its messages: it stays the same when the turn is taken again. */
  readonly messageId: string
  readonly answerTo: AnswerTo | undefined
}

/** Which messages the turns of this process answer. */
export interface TurnCauses {
  during<Result>(turnId: string, cause: TurnCause, run: () => Promise<Result>): Promise<Result>
  /** Throws for a turn that does not run. */
  of(turnId: string): TurnCause
}

export function createTurnCauses(): TurnCauses {
  const causes = new Map<string, TurnCause>()
  return {
    async during(turnId, cause, run) {
      causes.set(turnId, cause)
      try {
        return await run()
      } finally {
        causes.delete(turnId)
      }
    },
    of(turnId) {
      const cause = causes.get(turnId)
      if (cause === undefined) throw new TypeError(`The turn ${turnId} does not run.`)
      return cause
    },
  }
}
