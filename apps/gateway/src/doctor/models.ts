import type { AgentConfig } from '@junctor/config'
import { JunctorError } from '@junctor/errors'
import type { ModelSource } from '@junctor/gateway'
import { createModelSource } from '../model-source.ts'
import { placed, type Finding, type World } from './finding.ts'

/** An agent whose model has no provider or no key could not answer; a stand-in without one would be no help. */
export async function checkModels(world: World): Promise<readonly Finding[]> {
  const { config, env } = world
  const problems: string[] = []
  const models = createModelSource({ env, warn: (found) => problems.push(found), isReader: true })
  const findings = await Promise.all(
    config.agents.list.flatMap((agent, index) =>
      [agent.model, ...agent.fallbacks].map((name, position) =>
        checkModel({ models, world, agent, index, name, position }),
      ),
    ),
  )
  const files = problems.map((message): Finding => {
    return { code: 'CREDENTIAL', severity: 'warning', subject: 'credentials', message }
  })
  return [...findings, ...files]
}

interface ModelCheck {
  readonly models: ModelSource
  readonly world: World
  readonly agent: AgentConfig
  /** Of the agent in `agents.list`. */
  readonly index: number
  readonly name: string
  /** 0: the agent's own model, otherwise a fallback. */
  readonly position: number
}

async function checkModel({
  models,
  world,
  agent,
  index,
  name,
  position,
}: ModelCheck): Promise<Finding> {
  const subject = position === 0 ? `model of ${agent.id}` : `fallback model of ${agent.id}`
  const about = { code: 'MODEL', subject } as const
  const problem = await problemOf(models, name, world, agent)
  if (problem === undefined)
    return { ...about, severity: 'ok', message: `${name} has what it needs` }
  const severity = position === 0 ? 'error' : 'warning'
  return placed({ ...about, severity, message: problem }, world, ['agents', 'list', index, 'model'])
}

async function problemOf(
  models: ModelSource,
  name: string,
  { config }: World,
  agent: AgentConfig,
): Promise<string | undefined> {
  try {
    models.resolve(name, config, agent)
    return await models.problem?.(name, config, agent)
  } catch (error) {
    if (!JunctorError.isInstance(error)) throw error
    return error.message
  }
}
