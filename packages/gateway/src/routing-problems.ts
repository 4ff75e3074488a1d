import type { Config, ConfigCheck, Finding, Reading } from '@junctor/config'
import { compileRouter, RouterError, type LintFinding } from '@junctor/router'
import { routingOf } from './snapshot.ts'

/** What only the router can tell of a config. */
export const routingProblems: ConfigCheck = (config: Config, originOf) => {
  try {
    return compileRouter(routingOf(config))
      .lint()
      .map((found) => describe(found, originOf))
  } catch (error) {
    if (!RouterError.isInstance(error)) throw error
    const { policy, field, reason } = error.details
    if (typeof policy !== 'number' || typeof field !== 'string')
      return [{ path: ['routing'], message: error.message }]
    const path = ['routing', 'policies', policy, 'when', field]
    return [{ path, message: `cannot be read: ${reason}` }]
  }
}

function describe({ binding, shadowedBy }: LintFinding, originOf: Reading['originOf']): Finding {
  const path = ['bindings', binding.index]
  const takers = shadowedBy.map(({ index, id }) => {
    const origin = originOf(['bindings', index])
    const name = id === undefined ? '' : ` (${JSON.stringify(id)})`
    const file = origin?.file === originOf(path)?.file ? '' : ` of ${origin?.file}`
    const line = origin === undefined ? '' : ` in line ${origin.line}${file}`
    return `${origin?.spelling ?? `bindings[${index}]`}${name}${line}`
  })
  const taker = takers.length === 0 ? 'a broadcast group' : takers.join(' and ')
  return {
    path,
    warning: 'SHADOWED_BINDING',
    message: `can never win: ${taker} already ${takers.length > 1 ? 'catch' : 'catches'} every message that it is for`,
    hint: 'remove it, or make it more specific',
  }
}
