import { setTimeout as sleep } from 'node:timers/promises'
import type { ChannelError, ChannelErrorCode } from '@junctor/channel'
import type { Fault } from '../fault.ts'
import type { SimPlatform } from './platform.ts'

export type Fail = (
  code: ChannelErrorCode,
  message: string,
  options?: { readonly retryAfterMs?: number },
) => ChannelError

export interface Call<Result> {
  readonly platform: SimPlatform
  readonly operation: string
  readonly fail: Fail
  readonly signal: AbortSignal
  readonly effect: () => Result
}

/** One request to the platform, with whatever fault waits for it. */
export async function call<Result>(request: Call<Result>): Promise<Result> {
  const { platform, operation, fail, signal, effect } = request
  if (signal.aborted) throw fail('UNAVAILABLE', `${operation} was aborted before it left`)
  if (platform.isDown()) throw fail('UNAVAILABLE', 'connection refused')
  platform.calls.push(operation)
  platform.changed()
  const fault = platform.faults.take(operation)
  if (!fault) return effect()
  const noAnswer = fail('UNKNOWN', `${operation} got no answer`)
  switch (fault.kind) {
    case 'drop-after': {
      effect()
      throw noAnswer
    }
    case 'delay': {
      const result = effect()
      await sleep(fault.delayMs, undefined, { signal }).catch(() => {
        throw noAnswer
      })
      return result
    }
    case 'silence': {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      throw noAnswer
    }
    default: {
      throw refusal(fault, fail)
    }
  }
}

function refusal(fault: Fault, fail: Fail): ChannelError {
  switch (fault.kind) {
    case 'rate-limit': {
      return fail('RATE_LIMITED', 'too fast', { retryAfterMs: fault.retryAfterMs })
    }
    case 'unauthorized': {
      return fail('UNAUTHORIZED', 'the token is not known')
    }
    case 'second-consumer': {
      return fail('CONFLICT', 'another process holds the connection')
    }
    case 'status': {
      return fail(fault.status >= 500 ? 'UNAVAILABLE' : 'INVALID', `answered ${fault.status}`)
    }
    default: {
      return fail('UNAVAILABLE', 'the connection closed before the request left')
    }
  }
}
