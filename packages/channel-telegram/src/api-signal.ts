import type { Api } from 'grammy'

/** grammY names the type of a polyfill; it takes the platform's own signals. */
export type ApiSignal = NonNullable<Parameters<Api['getMe']>[0]>

export function toApiSignal(signal: AbortSignal): ApiSignal {
  return signal as ApiSignal
}
