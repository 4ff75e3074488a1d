import type { Config, ConfigCheck } from '@junctor/config'
import { compileRouter, RouterError } from '@junctor/router'
import { routingOf } from './snapshot.ts'

/** What only the router can tell of a config. */
export const routingProblems: ConfigCheck = (config: Config) => {
  try {
    compileRouter(routingOf(config))
    return []
  } catch (error) {
    if (!RouterError.isInstance(error)) throw error
    const { policy, field, reason } = error.details
    if (typeof policy !== 'number' || typeof field !== 'string')
      return [{ path: ['routing'], message: error.message }]
    const path = ['routing', 'policies', policy, 'when', field]
    return [{ path, message: `cannot be read: ${reason}` }]
  }
}
