import type { ModelErrorCode } from '@junctor/agent'
import type { ModelFault } from '@junctor/testkit/models'

export interface FaultCase {
  readonly name: string
  readonly fault: ModelFault
  readonly code: ModelErrorCode
  /** How many requests the provider sees. */
  readonly requests: number
}

const refused = (status: number, code: ModelErrorCode, requests: number): FaultCase => ({
  name: `status ${status}`,
  fault: { kind: 'refused', status },
  code,
  requests,
})

const failed = (name: string, fault: ModelFault): FaultCase => ({
  name,
  fault,
  code: 'STREAM_FAILED',
  requests: 1,
})

/** Every fault of a provider, and what a call makes of it with three tries. */
export const faultCases: readonly FaultCase[] = [
  refused(400, 'INVALID_REQUEST', 1),
  refused(401, 'UNAUTHORIZED', 1),
  refused(403, 'UNAUTHORIZED', 1),
  refused(404, 'INVALID_REQUEST', 1),
  refused(413, 'INVALID_REQUEST', 1),
  refused(408, 'UNAVAILABLE', 3),
  refused(409, 'UNAVAILABLE', 3),
  refused(429, 'RATE_LIMITED', 3),
  refused(500, 'UNAVAILABLE', 3),
  refused(503, 'UNAVAILABLE', 3),
  refused(529, 'OVERLOADED', 3),
  {
    name: 'an empty account',
    fault: {
      kind: 'refused',
      status: 429,
      code: 'insufficient_quota',
      errorType: 'insufficient_quota',
    },
    code: 'OUT_OF_CREDIT',
    requests: 1,
  },
  refused(402, 'OUT_OF_CREDIT', 1),
  {
    name: 'an empty account, as Anthropic says it',
    fault: {
      kind: 'refused',
      status: 400,
      errorType: 'invalid_request_error',
      message:
        'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.',
    },
    code: 'OUT_OF_CREDIT',
    requests: 1,
  },
  {
    name: 'a request that is too long',
    fault: {
      kind: 'refused',
      status: 400,
      code: 'context_length_exceeded',
      message: 'prompt is too long: "Your credit balance is too low"',
    },
    code: 'INVALID_REQUEST',
    requests: 1,
  },
  {
    name: 'a refusal that asks not to be tried again',
    fault: { kind: 'refused', status: 500, headers: { 'x-should-retry': 'false' } },
    code: 'UNAVAILABLE',
    requests: 1,
  },
  {
    name: 'a wait longer than the cap',
    fault: { kind: 'rate-limit', retryAfterMs: 90_000 },
    code: 'RATE_LIMITED',
    requests: 1,
  },
  {
    name: 'a connection that closes without an answer',
    fault: { kind: 'drop-after' },
    code: 'UNAVAILABLE',
    requests: 3,
  },
  failed('an error event', { kind: 'error-event', afterEvents: 5 }),
  failed('an error event at the very start', { kind: 'error-event', afterEvents: 0 }),
  failed('a failure inside the provider', { kind: 'response-failed' }),
  failed('a cut socket', { kind: 'cut', afterEvents: 5 }),
  failed('a clean end without the terminal event', { kind: 'end-early', afterEvents: 5 }),
  failed('a body without any event', { kind: 'end-early', afterEvents: 0 }),
  failed('a page in place of a stream', { kind: 'garbage' }),
  failed('an event that is no JSON', {
    kind: 'garbage',
    body: 'event: message_start\ndata: {"type":\n\n',
  }),
  failed('tool input that is no JSON', { kind: 'malformed-tool-input' }),
]
