import { ModelError, type Model, type ModelErrorCode, type ModelEvent } from '@junctor/agent'
import { JunctorError } from '@junctor/errors'
import type { ProfileRecord, Refusal } from './profile-state.ts'
import { verdictOf } from './verdict.ts'
import { findWays, type Way, type WaysOptions } from './ways.ts'

export interface ProfiledModelOptions extends WaysOptions {
  /** `provider/model`. */
  readonly id: string
  /** Told of every refusal, by the name of the profile. */
  readonly warn?: (message: string) => void
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number
}

/** The model of one agent. Asking for it costs nothing: keys are looked at when it is called. */
export interface ProfiledModel extends Model {
  /** Why a call would be refused now before it reaches the provider. */
  problem(): Promise<string | undefined>
}

interface Failure {
  readonly name: string
  readonly refusal: Refusal
  readonly error: JunctorError
}

/**
 * A model that is called with the agent's credentials, one after the other until one is taken. Nothing is asked again once
 * the answer has begun, nor where another key would change nothing.
 */
export function withProfiles(options: ProfiledModelOptions): ProfiledModel {
  const { id, agentId, warn = () => {}, now = Date.now } = options

  /** Keeping the books never costs an answer. */
  const noted = async <Result>(writing: Promise<Result>): Promise<Result | undefined> => {
    try {
      return await writing
    } catch (error) {
      warn(`what became of a call could not be noted: ${String(error)}`)
      return undefined
    }
  }

  /** A profile that answers has no record; the one that had to take over is remembered as the good one. */
  const answered = async (
    { credential }: Way,
    sessionKey: string,
    tookOver: boolean,
  ): Promise<void> => {
    if (credential === undefined) return
    const { pool, profile } = credential
    pool.keep(sessionKey, profile)
    const { records } = await pool.state.read()
    if (tookOver || records.has(profile.id)) await noted(pool.state.answered(profile))
  }

  return {
    spec: 'model-v1',
    id,
    async problem() {
      try {
        await findWays(options, '')
        return undefined
      } catch (error) {
        if (JunctorError.isInstance(error)) return error.message
        throw error
      }
    },
    async *stream(request, callOptions): AsyncGenerator<ModelEvent> {
      const { signal, note = () => {} } = callOptions
      const { sessionKey = '' } = request.context
      const ways = await findWays(options, sessionKey)
      const failures: Failure[] = []
      for (const [index, way] of ways.entries()) {
        const { name, credential } = way
        const startedAt = now()
        let hasBegun = false
        try {
          const model = way.connect(index < ways.length - 1)
          for await (const event of model.stream(request, callOptions)) {
            if (!hasBegun) {
              hasBegun = true
              if (credential !== undefined || failures.length > 0)
                note(`${id} was called with ${name}`)
              await answered(way, sessionKey, failures.length > 0)
            }
            yield event
          }
          return
        } catch (error) {
          const refusal = verdictOf(error)
          if (
            hasBegun ||
            signal.aborted ||
            refusal === undefined ||
            !JunctorError.isInstance(error)
          )
            throw error
          // Without profiles there is nobody to turn to, and nothing to say that the error does not say.
          if (credential === undefined && ways.length === 1) throw error
          const { message: reason, retryAfterMs } = error
          const refused = { refusal, reason, startedAt, retryAfterMs }
          const record =
            credential && (await noted(credential.pool.state.refused(credential.profile, refused)))
          const told = `${name} was refused: ${reason}${outlookOf(record)}`
          warn(`agent ${agentId}: ${told}`)
          note(told)
          failures.push({ name, refusal, error })
        }
      }
      throw conclude(options, failures)
    },
  }
}

/** What becomes of a profile after a refusal. */
function outlookOf(record: ProfileRecord | undefined): string {
  if (record === undefined) return ''
  const { refusal, until } = record
  if (until === undefined)
    return ' It is not used again until its key is replaced or a test passes.'
  const time = new Date(until).toISOString()
  return refusal === 'credit'
    ? ` It is not used until ${time}.`
    : ` Others come first until ${time}.`
}

/** Of several refusals the one that passes soonest decides what the caller does next. */
function conclude(
  { provider, agentId }: ProfiledModelOptions,
  failures: readonly Failure[],
): ModelError {
  const ranks: readonly Refusal[] = ['busy', 'credit', 'key']
  const [chosen] = failures.toSorted((a, b) => ranks.indexOf(a.refusal) - ranks.indexOf(b.refusal))
  if (chosen === undefined) throw new TypeError('No way was tried.')
  const { error, refusal } = chosen
  const codes = { busy: 'RATE_LIMITED', credit: 'OUT_OF_CREDIT', key: 'UNAUTHORIZED' } as const
  const code: ModelErrorCode = error.code === 'OVERLOADED' ? error.code : codes[refusal]
  const names = failures.map(({ name }) => name).join(', ')
  return new ModelError(
    provider,
    code,
    `${error.message} (agent "${agentId}" called with ${names}; \`junctor auth list\` shows what each has come to)`,
    {
      cause: error,
      details: { ...error.details, agent: agentId },
      ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    },
  )
}
