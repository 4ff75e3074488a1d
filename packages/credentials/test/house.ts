import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Model, ModelError } from '@junctor/agent'
import { createProfilePool, withProfiles, type ProfiledModelOptions } from '@junctor/credentials'
import { JunctorError } from '@junctor/errors'
import { createModels } from '@junctor/models'
import { createModelServer, type ModelServer, type ModelStep } from '@junctor/testkit/models'
import { onTestFinished } from 'vitest'

type Faults = { [key: string]: ModelStep['fault'] }

/** A provider that knows its customers by their keys, and agents with folders of their own. */
export async function createHouse(
  api: 'anthropic' | 'openai-responses' | 'openai-chat' = 'anthropic',
) {
  const folder = await mkdtemp(join(tmpdir(), 'junctor-credentials-'))
  const server = await createModelServer()
  onTestFinished(async () => {
    await server.close()
    await rm(folder, { recursive: true })
  })
  const faults: Faults = {}
  server.respond(({ headers }) => {
    const fault = faults[keyIn(headers)]
    return { text: `paid by ${keyIn(headers)}`, chunkSize: 4, ...(fault && { fault }) }
  })
  const clock = { now: Date.UTC(2026, 0, 1) }
  const now = (): number => clock.now
  const warnings: string[] = []
  const warn = (text: string): void => void warnings.push(text)
  const models = createModels({
    providers: {
      fake: { api, baseUrl: server.baseUrl(api) },
      paid: { api, baseUrl: server.baseUrl(api), apiKey: 'key-of-installation' },
    },
    env: {},
    sleep: async () => undefined,
  })
  const pool = (name: string) =>
    createProfilePool({ folder: join(folder, name), now, warn, env: {} })
  const shared = pool('.')

  return {
    server,
    faults,
    clock,
    warnings,
    folder,
    /** The keys of the calls that the provider has seen, in order. */
    keys: () => server.requests.map(({ headers }) => keyIn(headers)),
    write: (name: string, profiles: object, more: object = {}) =>
      writeProfiles(join(folder, name), profiles, more),
    agent(agentId: string, options: Partial<ProfiledModelOptions> = {}, provider = 'fake') {
      const id = `${provider}/model`
      return withProfiles({
        id,
        provider,
        agentId,
        scope: 'agent',
        own: pool(agentId),
        shared,
        rules: { order: undefined, terms: {} },
        connect: (key, hasStandIn) => models.resolveWith(id, key, { hasStandIn }),
        installation: () => models.resolve(id),
        warn,
        now,
        ...options,
      })
    },
  }
}

async function writeProfiles(folder: string, profiles: object, more: object): Promise<void> {
  await mkdir(folder, { recursive: true })
  const text = JSON.stringify({ version: 1, profiles, ...more })
  await writeFile(join(folder, 'auth-profiles.json'), text, { mode: 0o600 })
}

/** A profile for the provider `fake`. */
export function keyOf(text: string, more: object = {}): object {
  return { type: 'api_key', provider: 'fake', key: text, ...more }
}

function keyIn(headers: ModelServer['requests'][number]['headers']): string {
  const seen = headers['x-api-key'] ?? headers.authorization?.replace('Bearer ', '')
  return String(seen)
}

/** The answer, or what went wrong, and what the turn was told. */
export async function ask(
  model: Model,
  sessionKey = 'agent:a:main',
  signal = new AbortController().signal,
): Promise<{ text: string; notes: readonly string[]; error?: ModelError }> {
  const notes: string[] = []
  const note = (told: string): void => void notes.push(told)
  const request = {
    system: '',
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
    tools: [],
    maxOutputTokens: 100,
    context: { sessionKey },
  } as const
  let text = ''
  try {
    for await (const event of model.stream(request, { signal, note }))
      if (event.type === 'text') text += event.text
    return { text, notes }
  } catch (error) {
    if (!JunctorError.isInstance(error)) throw error
    return { text, notes, error: error as ModelError }
  }
}
