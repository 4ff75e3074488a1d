import type { IdentityConfig, LimitsConfig, ToolsConfig } from '../config.ts'
import { list, record } from './collections.ts'
import { object } from './object.ts'
import { mustBe, type Reader } from './reader.ts'
import { boolean, oneOf, refine, text, wholeNumber } from './scalars.ts'

/** Agents as the file has them, before defaults. */
export interface AgentsInput {
  readonly defaults?: DefaultsInput
  readonly list?: readonly AgentInput[]
}

export interface ModelInput {
  readonly primary?: string
  readonly fallbacks?: readonly string[]
}

export interface DefaultsInput {
  readonly model?: ModelInput
  readonly workspace?: string
  readonly tools?: ToolsConfig
  readonly limits?: Partial<LimitsConfig>
}

export interface AgentInput extends DefaultsInput {
  readonly id: string
  readonly default?: boolean
  readonly name?: string
  readonly identity?: IdentityConfig
  readonly agentDir?: string
  readonly allowFrom?: readonly string[]
}

const reservedIds: ReadonlySet<string> = new Set([
  'defaults',
  'list',
  'human',
  'user',
  'default',
  'all',
])
const idPattern = /^[a-z0-9][a-z0-9_-]{0,63}$/

/** An agent's id: lower-cased, and never changed in any other way, so that two ids cannot become one. */
export const agentId: Reader<string> = refine(text(), (written) => {
  const id = written.toLowerCase()
  if (reservedIds.has(id)) {
    const message = `${JSON.stringify(written)} is a reserved word and cannot be an agent's id`
    return { code: 'INVALID_ID', message, hint: 'choose another id' }
  }
  if (idPattern.test(id)) return { value: id }
  return {
    code: 'INVALID_ID',
    message: `${JSON.stringify(written.slice(0, 80))} is not an agent id`,
    hint: 'use 1 to 64 of a-z, 0-9, "_" and "-", beginning with a letter or digit',
  }
})

const profile = oneOf('minimal', 'coding', 'messaging', 'full')
const toolRules = { profile, allow: list(text()), alsoAllow: list(text()), deny: list(text()) }

export const tools: Reader<ToolsConfig> = object(
  {},
  { ...toolRules, byProvider: record(object({}, toolRules)) },
  { unavailable: ['elevated', 'sandbox', 'throttle', 'agentToAgent', 'subagents', 'exec'] },
)

const limits: Reader<Partial<LimitsConfig>> = object(
  {},
  {
    maxConcurrentTurns: wholeNumber(1),
    maxToolCalls: wholeNumber(0),
    turnTimeoutMs: wholeNumber(1, 2_147_483_647),
    toolTimeoutMs: wholeNumber(1, 2_147_483_647),
    maxOutputTokens: wholeNumber(1),
    historyMessages: wholeNumber(0),
  },
  {
    unavailable: ['tokensPerDay', 'usdPerDay', 'maxTurns'],
    instead: { maxConcurrentRuns: 'write "maxConcurrentTurns"' },
  },
)

const modelParts: Reader<ModelInput> = object({}, { primary: text(), fallbacks: list(text()) })

const model: Reader<ModelInput> = (source, report) => {
  const { node } = source
  if (node.type === 'object') return modelParts(source, report)
  if (node.type !== 'scalar' || typeof node.value !== 'string')
    return mustBe(source, report, '"provider/model" or { primary, fallbacks }')
  const primary = text()(source, report)
  return primary === undefined ? undefined : { primary }
}

const identity: Reader<IdentityConfig> = (source, report) => {
  const { node } = source
  if (node.type !== 'object')
    return mustBe(source, report, 'an object such as { prompt: "You are …" }')
  return identityParts(source, report)
}
const identityParts: Reader<IdentityConfig> = object(
  {},
  { name: text(), theme: text(), emoji: text(), prompt: text() },
  { unavailable: ['avatar'] },
)

const inherited = { model, workspace: text('a path'), tools, limits }
const laterKeys = [
  'sandbox',
  'subagents',
  'runtime',
  'description',
  'roles',
  'groupChat',
  'memory',
  'tasks',
  'auth',
  'skills',
  'fallback',
  'permissions',
  'paused',
]
const instead = { fallbacks: 'write model: { primary: "…", fallbacks: [ … ] }' }

const agent: Reader<AgentInput> = object(
  { id: agentId },
  {
    ...inherited,
    default: boolean(),
    name: text(),
    identity,
    agentDir: text('a path'),
    allowFrom: list(text('an id as text')),
  },
  { unavailable: laterKeys, instead },
)

export const agents: Reader<AgentsInput> = object(
  {},
  { defaults: object({}, inherited, { unavailable: laterKeys, instead }), list: list(agent) },
)
