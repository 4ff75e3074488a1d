import type { Config } from './config.ts'
import type { Normalised } from './normalise.ts'

/** Bindings that agents declare for themselves say where, so that explanations speak of what a person finds in the file. */
export function withOrigins(
  config: Config,
  { owned, originOf }: Pick<Normalised, 'owned' | 'originOf'>,
): Config {
  const bindings = config.bindings.map((binding, index) => {
    const origin = owned.has(index) ? originOf(['bindings', index])?.spelling : undefined
    return origin === undefined ? binding : { ...binding, origin }
  })
  return { ...config, bindings }
}
