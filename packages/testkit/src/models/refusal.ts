import type { ServerResponse } from 'node:http'
import type { Dialect, DialectFailure } from './dialect.ts'
import type { ModelFault } from './step.ts'

interface Refusal extends DialectFailure {
  readonly headers?: Readonly<Record<string, string>>
}

/** The HTTP refusal that a fault stands for; `undefined` for a fault that is none. */
export function toRefusal(fault: ModelFault | undefined): Refusal | undefined {
  switch (fault?.kind) {
    case 'refused':
      return { ...fault, message: fault.message ?? defaultMessage(fault.status) }
    case 'status':
      return { status: fault.status, message: fault.message ?? defaultMessage(fault.status) }
    case 'unauthorized':
      return { status: 401, message: 'invalid api key' }
    case 'rate-limit': {
      const { retryAfterMs } = fault
      const headers = {
        'retry-after': String(Math.ceil(retryAfterMs / 1000)),
        'retry-after-ms': String(retryAfterMs),
      }
      return { status: 429, message: defaultMessage(429), headers }
    }
    default:
      return undefined
  }
}

export function sendRefusal(response: ServerResponse, dialect: Dialect, refusal: Refusal): void {
  sendJson(response, refusal.status, dialect.error(refusal), refusal.headers)
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

function defaultMessage(status: number): string {
  if (status === 429) return 'Rate limit reached'
  if (status === 529) return 'Overloaded'
  return `Refused with status ${status}`
}
