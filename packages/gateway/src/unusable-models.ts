import { JunctorError } from '@junctor/errors'
import type { ModelSource } from './agent-run.ts'
import type { Snapshot } from './snapshot.ts'

/** Agents whose model cannot be had, each in a sentence: better said when the config comes into force than to a person. */
export async function unusableModels(
  { agents, config }: Snapshot,
  models: ModelSource,
): Promise<readonly string[]> {
  const problems: string[] = []
  for (const { agent } of agents.values())
    try {
      models.resolve(agent.model, config, agent)
      const problem = await models.problem?.(agent.model, config, agent)
      if (problem !== undefined) problems.push(`agent ${agent.id} cannot answer: ${problem}`)
    } catch (error) {
      if (!JunctorError.isInstance(error)) throw error
      problems.push(`agent ${agent.id} cannot answer: ${error.message}`)
    }
  return problems
}
