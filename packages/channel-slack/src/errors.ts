import { ChannelError, type ChannelErrorCode } from '@junctor/channel'
import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api'

/** Turns what the SDK throws into the contract's codes, without any of the secrets. */
export function toChannelError(
  error: unknown,
  action: string,
  secrets: readonly string[],
): ChannelError {
  if (ChannelError.isInstance(error)) return error as ChannelError
  const make = (
    code: ChannelErrorCode,
    problem: string,
    options: { readonly retryAfterMs?: number; readonly details?: { readonly error: string } } = {},
  ): ChannelError =>
    // A new error as the cause: the message and the stack of the original may hold addresses with secrets.
    new ChannelError('slack', code, `Slack ${action}: ${problem}`, {
      ...options,
      cause: new Error(redact(messageOf(error), secrets)),
    })

  if (error instanceof WebAPIRateLimitedError) {
    const retryAfterMs = error.retryAfter * 1000
    return make('RATE_LIMITED', `too many calls, wait ${error.retryAfter} s.`, { retryAfterMs })
  }
  if (error instanceof WebAPIPlatformError) return fromRefusal(error, make)
  if (error instanceof WebAPIHTTPError) {
    const { statusCode: status } = error
    return make(codeOfStatus(status), `answered with status ${status}.`)
  }
  const inner = error instanceof WebAPIRequestError ? error.original : error
  if (ChannelError.isInstance(inner)) return inner as ChannelError
  // The one error of the SDK without a class of its own: a 429 that does not say how long.
  if (messageOf(inner).startsWith('Retry header did not contain'))
    return make('RATE_LIMITED', 'too many calls.', { retryAfterMs: 1000 })
  const reason = redact(messageOf(inner), secrets)
  return neverLeft(inner)
    ? make('UNAVAILABLE', `could not be reached; check the network and \`apiRoot\` (${reason}).`)
    : make('UNKNOWN', `got no answer, so it may have taken effect (${reason}).`)
}

/** What Slack calls the problem, as in `channel_not_found`; undefined for errors of another kind. */
export function slackCode(error: unknown): string | undefined {
  if (!ChannelError.isInstance(error)) return undefined
  const { details } = error as ChannelError
  const name = details?.['error']
  return typeof name === 'string' ? name : undefined
}

function fromRefusal(
  error: WebAPIPlatformError,
  make: (
    code: ChannelErrorCode,
    problem: string,
    options?: { readonly retryAfterMs?: number; readonly details?: { readonly error: string } },
  ) => ChannelError,
): ChannelError {
  const name = error.data.error
  // The SDK gives out an answer that is no JSON as the name of an error.
  if (!/^[\w.:-]+$/.test(name)) return make('UNKNOWN', 'gave an answer that cannot be read.')
  const needed: unknown = 'needed' in error.data ? error.data.needed : undefined
  const scope = typeof needed === 'string' ? `; add the scope ${needed} to the app` : ''
  const code = refusals.find(([names]) => names.has(name))?.[1] ?? 'INVALID'
  return make(code, `${name}${scope}.`, {
    details: { error: name },
    ...(code === 'RATE_LIMITED' ? { retryAfterMs: 1000 } : {}),
  })
}

function named(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/))
}

/** https://docs.slack.dev/reference/methods: each method lists its errors. */
const refusals: readonly (readonly [ReadonlySet<string>, ChannelErrorCode])[] = [
  [named('ratelimited rate_limited'), 'RATE_LIMITED'],
  [
    named(
      'invalid_auth not_authed account_inactive token_revoked token_expired not_allowed_token_type user_removed_from_team team_disabled',
    ),
    'UNAUTHORIZED',
  ],
  [
    named(
      'channel_not_found message_not_found thread_not_found invalid_thread_ts user_not_found users_not_found file_not_found file_deleted no_item_specified bad_timestamp',
    ),
    'NOT_FOUND',
  ],
  [named('msg_too_long msg_blocks_too_long file_too_large'), 'TOO_LARGE'],
  [
    named(
      'invalid_name too_many_emoji too_many_reactions channel_type_not_supported method_not_supported_for_channel_type unknown_method feature_not_enabled not_implemented',
    ),
    'UNSUPPORTED',
  ],
  [
    named(
      'not_in_channel is_archived missing_scope no_permission access_denied ekm_access_denied restricted_action restricted_action_read_only_channel restricted_action_thread_only_channel restricted_action_non_threadable_channel restricted_action_thread_locked cant_update_message cant_delete_message message_not_owned_by_app edit_window_closed cannot_dm_bot messages_tab_disabled user_disabled not_reactable',
    ),
    'FORBIDDEN',
  ],
  // "The method was either called with an incomplete POST" and "temporarily unavailable": nothing happened.
  [named('request_timeout service_unavailable team_added_to_org'), 'UNAVAILABLE'],
  // "It's possible some aspect of the operation succeeded before the error was raised."
  [named('fatal_error internal_error'), 'UNKNOWN'],
]

/** Slack answers with 200 or 429; whatever else comes from in front of it, possibly after the call went through. */
function codeOfStatus(status: number): ChannelErrorCode {
  if (status === 503) return 'UNAVAILABLE'
  return status >= 500 ? 'UNKNOWN' : 'INVALID'
}

const connectFailures =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT)$|CERT|ERR_TLS|ERR_SSL/

/** Whether the connection was never made. Anything later may have reached Slack. */
function neverLeft(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError) return error.errors.every(neverLeft)
  const code = 'code' in error ? String(error.code) : ''
  return connectFailures.test(code) || neverLeft(error.cause)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, '<secret>'), text)
}
