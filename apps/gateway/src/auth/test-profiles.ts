import type { Model } from '@junctor/agent'
import type { Config } from '@junctor/config'
import { profileKey, verdictOf } from '@junctor/credentials'
import { createModels } from '@junctor/models'
import { JunctorError, hasCode } from '@junctor/errors'
import type { Owner } from './owners.ts'

export interface TestedProfile {
  readonly profile: string
  readonly provider: string
  /** Absent: no model of the agent is of this provider, so that there was nobody to ask. */
  readonly model?: string
  readonly works: boolean
  readonly reason?: string
}

export interface TestOptions {
  readonly env: { readonly [name: string]: string | undefined }
  /** Asked in place of the agent's own. */
  readonly model: string | undefined
  /** Only this profile. */
  readonly profile: string | undefined
}

/** Longest wait for one answer. */
const PATIENCE_MS = 30_000

/** Makes one small request with each profile. One that works is used again, whatever was noted against it. */
export async function testProfiles(
  owner: Owner,
  config: Config,
  { env, model: wanted, profile: only }: TestOptions,
): Promise<readonly TestedProfile[]> {
  const { providers, aliases } = config.models
  const limits = { attempts: 1, headerTimeoutMs: PATIENCE_MS, idleTimeoutMs: PATIENCE_MS }
  const models = createModels({ providers, aliases, env, limits })
  const agents = owner.agent === undefined ? config.agents.list : [owner.agent]
  const candidates =
    wanted === undefined
      ? agents.flatMap(({ model, fallbacks }) => [model, ...fallbacks])
      : [wanted]
  const { profiles } = await owner.pool.read()
  const tested: TestedProfile[] = []
  for (const profile of profiles) {
    const { id, provider } = profile
    if (only !== undefined && only !== id) continue
    const model = candidates.find((name) => isOf(name, provider, models))
    if (model === undefined) {
      const reason = `no model that is asked here is of ${provider}: name one with --model ${provider}/<name>`
      tested.push({ profile: id, provider, works: false, reason })
      continue
    }
    const startedAt = Date.now()
    try {
      await ask(models.resolveWith(model, profileKey(profile, owner.path)))
      await owner.pool.state.forget(id)
      tested.push({ profile: id, provider, model, works: true })
    } catch (error) {
      if (!JunctorError.isInstance(error)) throw error
      const refusal = verdictOf(error)
      const { message: reason, retryAfterMs } = error
      if (refusal !== undefined)
        await owner.pool.state.refused(profile, { refusal, reason, startedAt, retryAfterMs })
      tested.push({ profile: id, provider, model, works: false, reason })
    }
  }
  return tested
}

function isOf(name: string, provider: string, models: ReturnType<typeof createModels>): boolean {
  try {
    return models.providerOf(name) === provider
  } catch (error) {
    if (hasCode(error, 'UNKNOWN_MODEL')) return false
    throw error
  }
}

async function ask(model: Model): Promise<void> {
  const request = {
    system: '',
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Say ok.' }] }],
    tools: [],
    // The least that every provider takes.
    maxOutputTokens: 16,
    context: {},
  } as const
  const signal = AbortSignal.timeout(2 * PATIENCE_MS)
  // The first event shows that the key is taken; nobody reads the answer.
  for await (const _event of model.stream(request, { signal })) return
}
