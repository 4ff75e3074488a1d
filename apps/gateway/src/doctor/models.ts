import { JunctorError } from '@junctor/errors'
import { createModelSource } from '../model-source.ts'
import { placed, type Finding, type World } from './finding.ts'

/** An agent whose model has no provider or no key could not answer; a stand-in without one would be no help. */
export function checkModels(world: World): readonly Finding[] {
  const { config, env } = world
  const models = createModelSource(env)
  return config.agents.list.flatMap(({ id, model, fallbacks }, index) =>
    [model, ...fallbacks].map((name, position): Finding => {
      const subject = position === 0 ? `model of ${id}` : `fallback model of ${id}`
      const about = { code: 'MODEL', subject } as const
      const path = ['agents', 'list', index, 'model']
      try {
        const { id: found } = models.resolve(name, config)
        return { ...about, severity: 'ok', message: `${found} has what it needs` }
      } catch (error) {
        if (!JunctorError.isInstance(error)) throw error
        const severity = position === 0 ? 'error' : 'warning'
        return placed({ ...about, severity, message: error.message }, world, path)
      }
    }),
  )
}
