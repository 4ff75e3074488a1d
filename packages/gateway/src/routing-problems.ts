import type { Config, ConfigCheck, Finding } from '@junctor/config'
import { compileRouter, RouterError, type LintFinding } from '@junctor/router'
import { routingOf } from './snapshot.ts'

/** What only the router can tell of a config. */
export const routingProblems: ConfigCheck = (config: Config) => {
  try {
    return compileRouter(routingOf(config)).lint().map(describe)
  } catch (error) {
    if (!RouterError.isInstance(error)) throw error
    const { policy, field, reason } = error.details
    if (typeof policy !== 'number' || typeof field !== 'string')
      return [{ path: ['routing'], message: error.message }]
    const path = ['routing', 'policies', policy, 'when', field]
    return [{ path, message: `cannot be read: ${reason}` }]
  }
}

function describe({ binding, shadowedBy }: LintFinding): Finding {
  const takers = shadowedBy.map(
    ({ index, id }) => `bindings[${index}]${id === undefined ? '' : ` (${JSON.stringify(id)})`}`,
  )
  const taker = takers.length === 0 ? 'a broadcast group' : takers.join(', ')
  return {
    path: ['bindings', binding.index],
    warning: 'NO_EFFECT',
    message: `can never win: ${taker} already ${takers.length > 1 ? 'catch' : 'catches'} every message that it is for`,
    hint: 'remove it, or make it more specific',
  }
}
