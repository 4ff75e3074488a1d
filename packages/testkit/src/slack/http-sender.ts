import { createHmac } from 'node:crypto'
import type { AppEvent, Attempt, Carrier } from './deliveries.ts'
import type { WorkspaceState } from './workspace-state.ts'

export interface SignedRequest {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** The part of a signature that a test may want wrong. */
export interface Signing {
  /** Default: the workspace's signing secret. */
  readonly secret?: string
  /** Seconds since 1970. Default: now. */
  readonly timestamp?: number
}

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
export function signRequest(
  { signingSecret }: WorkspaceState,
  { kind, body }: AppEvent,
  { secret = signingSecret, timestamp = Math.floor(Date.now() / 1000) }: Signing = {},
): SignedRequest {
  const text = bodyOf(kind, body)
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${text}`).digest('hex')
  return {
    body: text,
    headers: {
      'content-type':
        kind === 'events_api' ? 'application/json' : 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(timestamp),
      'x-slack-signature': `v0=${signature}`,
    },
  }
}

/** Posts events to the app's address, one after the other: the next when this one was answered. */
export function createHttpCarrier(
  workspace: WorkspaceState,
  url: string,
  patienceMs: number,
): Carrier {
  let isBusy = false

  const post = async (event: AppEvent, attempt: Attempt): Promise<void> => {
    const { body, headers } = signRequest(workspace, event)
    const retry: Record<string, string> = attempt.number
      ? { 'x-slack-retry-num': String(attempt.number), 'x-slack-retry-reason': attempt.reason }
      : {}
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: { ...headers, ...retry },
        signal: AbortSignal.timeout(patienceMs),
      })
      await response.arrayBuffer()
      isBusy = false
      if (response.ok) attempt.acknowledge()
      else attempt.lost('http_error')
    } catch (error) {
      isBusy = false
      const isLate = error instanceof Error && error.name === 'TimeoutError'
      attempt.lost(isLate ? 'http_timeout' : 'connection_failed')
    }
    workspace.deliveries.wake()
  }

  return {
    isFree: () => !isBusy,
    offer(event, attempt) {
      isBusy = true
      void post(event, attempt)
    },
  }
}

function bodyOf(kind: AppEvent['kind'], body: AppEvent['body']): string {
  if (kind === 'events_api') return JSON.stringify(body)
  if (kind === 'interactive') {
    return new URLSearchParams({ payload: JSON.stringify(body) }).toString()
  }
  const fields = Object.entries(body).map(([name, value]): [string, string] => [
    name,
    String(value),
  ])
  return new URLSearchParams(fields).toString()
}
