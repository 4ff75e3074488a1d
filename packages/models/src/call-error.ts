import { ModelError, type ModelErrorCode } from '@junctor/agent'
import { readFailure, type Failure } from './failure.ts'
import type { ModelLimits } from './limits.ts'
import { isOutOfCredit } from './out-of-credit.ts'
import type { Provider } from './provider.ts'
import { toSafeCause } from './redact.ts'
import type { Phase } from './watchdog.ts'

/** Who was called; every message names both. */
export interface Callee {
  readonly provider: Provider
  readonly model: string
  readonly now: () => number
}

export function abortedError({ provider, model }: Callee): ModelError {
  return new ModelError(
    provider.name,
    'ABORTED',
    `The call of ${nameOf(provider, model)} was aborted`,
    {
      details: { model },
    },
  )
}

export function stalledError(
  { provider, model }: Callee,
  phase: Phase,
  limits: ModelLimits,
): ModelError {
  const [what, limit] =
    phase === 'headers'
      ? ['did not begin to answer', limits.headerTimeoutMs]
      : ['went silent in the middle of its answer', limits.idleTimeoutMs]
  const message = `${upper(nameOf(provider, model))} ${what} for ${limit} ms. Try again, or raise the limit ${phase === 'headers' ? 'headerTimeoutMs' : 'idleTimeoutMs'}.`
  return new ModelError(provider.name, 'STALLED', message, { details: { model } })
}

/** A stream that had begun and did not come to its end. */
export function streamError({ provider, model, now }: Callee, error?: unknown): ModelError {
  const failure =
    error === undefined ? undefined : readFailure(error, { now, redact: provider.redact })
  const why =
    failure === undefined
      ? 'it ended without its terminal event'
      : [...failure.kinds, failure.message].join(': ')
  const message = `The stream of ${nameOf(provider, model)} failed: ${why}. The answer is incomplete and was not asked for again.`
  return toError(provider, model, 'STREAM_FAILED', message, error, failure)
}

/** A request that brought no stream, after `attempts` tries. */
export function requestError(
  { provider, model, now }: Callee,
  error: unknown,
  isConnectionError: boolean,
  attempts: number,
): ModelError {
  const failure = readFailure(error, { now, redact: provider.redact })
  const code = isConnectionError ? 'UNAVAILABLE' : toCode(failure)
  const what = isConnectionError
    ? `could not be reached at ${provider.place}: ${reasonOf(error)}`
    : `refused${failure.status === undefined ? '' : ` with status ${failure.status}`}${failure.kinds.length === 0 ? '' : ` (${failure.kinds.join(', ')})`}: ${failure.message}`
  const tries = attempts === 1 ? '' : ` after ${attempts} tries`
  const message = `${upper(nameOf(provider, model))} ${what}${tries}. ${toRemedy(code, failure, provider)}`
  return toError(provider, model, code, message, error, failure)
}

function toError(
  { name, redact }: Provider,
  model: string,
  code: ModelErrorCode,
  message: string,
  error: unknown,
  failure?: Failure,
): ModelError {
  const { status, retryAfterMs, kinds = [] } = failure ?? {}
  const [kind] = kinds
  return new ModelError(name, code, redact(message), {
    cause: toSafeCause(error, redact),
    details: {
      model,
      ...(status === undefined ? {} : { status }),
      ...(kind === undefined ? {} : { kind }),
    },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

function toCode(failure: Failure): ModelErrorCode {
  if (isOutOfCredit(failure)) return 'OUT_OF_CREDIT'
  const { status = 0, kinds } = failure
  if (status === 401 || status === 403) return 'UNAUTHORIZED'
  if (status === 529 || kinds.includes('overloaded_error')) return 'OVERLOADED'
  if (status === 429) return 'RATE_LIMITED'
  if (status === 408 || status === 409 || status >= 500) return 'UNAVAILABLE'
  return 'INVALID_REQUEST'
}

function toRemedy(code: ModelErrorCode, failure: Failure, provider: Provider): string {
  switch (code) {
    case 'OUT_OF_CREDIT':
      return 'The account has no credit left, or a limit of what it may spend: top it up, raise the limit, or give the agent another model.'
    case 'UNAUTHORIZED':
      return `Check the key in ${provider.keyPlaces}.`
    case 'RATE_LIMITED':
      return failure.retryAfterMs === undefined
        ? 'Try again later, or raise the limit of the account.'
        : `Try again in ${Math.ceil(failure.retryAfterMs / 1000)} s, or raise the limit of the account.`
    case 'OVERLOADED':
      return 'Try again later, or give the agent another model.'
    case 'UNAVAILABLE':
      return `Try again later; if it stays like this, check ${provider.setting}.baseUrl.`
    default:
      return failure.status === 404
        ? `Check the model's name and ${provider.setting}.baseUrl.`
        : 'The request will not pass as it is.'
  }
}

/** The innermost reason, such as `connect ECONNREFUSED 127.0.0.1:9`; what lies around it only says that there is one. */
function reasonOf(error: unknown): string {
  let innermost = error
  while (innermost instanceof Error && innermost.cause instanceof Error) innermost = innermost.cause
  if (!(innermost instanceof Error)) return String(innermost)
  const { code } = innermost as { readonly code?: unknown }
  return innermost.message === '' && typeof code === 'string' ? code : innermost.message
}

function nameOf({ name }: Provider, model: string): string {
  return `model "${model}" of provider "${name}"`
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
