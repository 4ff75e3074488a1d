import type {
  AgentRuntimeConfig,
  BootstrapConfig,
  GroupChatConfig,
  IdentityConfig,
  LimitsConfig,
} from '../config.ts'
import type { PermissionsConfig, ToolsConfig } from '../tools-config.ts'
import type { SubagentsConfig } from '../subagents-config.ts'
import { defaultLimits } from '../defaults/default-values.ts'
import type { AccountsInput } from './accounts.ts'
import { agentId } from './agent-id.ts'
import { agentRuntime } from './agent-runtime.ts'
import { agentAuth, type AgentAuthInput } from './auth.ts'
import type { RouteInput } from './bindings.ts'
import { bootstrap } from './bootstrap.ts'
import { list } from './collections.ts'
import { groupChat } from './group-chat.ts'
import { object } from './object.ts'
import { ownAccounts, ownRoutes } from './owned.ts'
import { anyText, type JsonSchema } from './json-schema.ts'
import { described, mustBe, reader, type Reader } from './reader.ts'
import { sandbox, type SandboxInput } from './sandbox.ts'
import { boolean, number, text, wholeNumber } from './scalars.ts'
import { subagents } from './subagents.ts'
import { agentSkills, type AgentSkillsInput } from './skills.ts'
import { permissions, tools } from './tools.ts'

/** Agents as the file has them, before defaults. */
export interface AgentsInput {
  readonly defaults?: DefaultsInput
  readonly list?: readonly AgentInput[]
}

export interface ModelInput {
  readonly primary?: string
  readonly fallbacks?: readonly string[]
}

export interface DefaultsInput extends Partial<BootstrapConfig> {
  readonly model?: ModelInput
  readonly workspace?: string
  readonly tools?: ToolsConfig
  readonly permissions?: Partial<PermissionsConfig>
  readonly sandbox?: SandboxInput
  readonly limits?: Partial<LimitsConfig>
  readonly runtime?: Partial<AgentRuntimeConfig>
  readonly groupChat?: Partial<GroupChatConfig>
  readonly skills?: AgentSkillsInput
  readonly subagents?: Partial<SubagentsConfig>
}

export interface AgentInput extends DefaultsInput {
  readonly id: string
  readonly default?: boolean
  readonly name?: string
  readonly identity?: IdentityConfig
  readonly agentDir?: string
  readonly allowFrom?: readonly string[]
  readonly roles?: readonly string[]
  readonly fallback?: readonly string[]
  readonly paused?: boolean
  /** What of these cannot be made `channels` and `bindings`; see `declareOwned`. */
  readonly accounts?: Readonly<Record<string, AccountsInput>>
  readonly routes?: readonly RouteInput[]
  readonly auth?: AgentAuthInput
}

const limits: Reader<Partial<LimitsConfig>> = object(
  {},
  {
    maxConcurrentTurns: described(
      wholeNumber(1),
      'Turns that the agent takes at the same time, over all its sessions.',
      defaultLimits.maxConcurrentTurns,
    ),
    maxToolCalls: described(wholeNumber(0), 'Tool calls in one turn.', defaultLimits.maxToolCalls),
    turnTimeoutMs: described(
      wholeNumber(1, 2_147_483_647),
      'How long one turn may take, in milliseconds.',
      defaultLimits.turnTimeoutMs,
    ),
    toolTimeoutMs: described(
      wholeNumber(1, 2_147_483_647),
      'How long one tool call may take, in milliseconds, where the tool states no time of its own.',
      defaultLimits.toolTimeoutMs,
    ),
    maxOutputTokens: described(
      wholeNumber(1),
      'Tokens of one model answer.',
      defaultLimits.maxOutputTokens,
    ),
    historyMessages: described(
      wholeNumber(0),
      'Messages of the past that a turn sees.',
      defaultLimits.historyMessages,
    ),
    turnsPerDay: described(wholeNumber(0), 'Turns that the agent may begin in a day.'),
    tokensPerDay: described(wholeNumber(0), 'Tokens that its models may read and write in a day.'),
    usdPerDay: described(number(0), 'What its models may cost in a day, see models.prices.'),
    wallTimePerDayMs: described(wholeNumber(0), 'How long its turns may take in a day, added up.'),
  },
  {
    instead: {
      maxConcurrentRuns: 'write "maxConcurrentTurns"',
      maxTurns: 'write "turnsPerDay"',
    },
  },
)

const modelParts: Reader<ModelInput> = object(
  {},
  {
    primary: described(text(), '"provider/model", or an alias from models.aliases.'),
    fallbacks: described(list(text()), 'Tried in this order when the primary model cannot answer.'),
  },
)
const modelSchema: JsonSchema = { anyOf: [anyText, modelParts.schema] }

const model: Reader<ModelInput> = reader(modelSchema, (source, report) => {
  const { node } = source
  if (node.type === 'object') return modelParts(source, report)
  if (node.type !== 'scalar' || typeof node.value !== 'string')
    return mustBe(source, report, '"provider/model" or { primary, fallbacks }')
  const primary = text()(source, report)
  return primary === undefined ? undefined : { primary }
})

const identityParts: Reader<IdentityConfig> = object(
  {},
  {
    name: described(text(), 'What the agent calls itself.'),
    theme: described(text(), 'Its manner, in a few words.'),
    emoji: described(text(), 'A sign beside its name.'),
    avatar: described(text(), 'A picture: an address, or a path in the workspace.'),
    prompt: described(text(), 'Persona text that goes into the system prompt.'),
  },
)
const identitySchema: JsonSchema = { anyOf: [anyText, identityParts.schema] }
const identity: Reader<IdentityConfig> = reader(identitySchema, (source, report) => {
  const { node } = source
  if (node.type === 'object') return identityParts(source, report)
  if (node.type !== 'scalar' || typeof node.value !== 'string')
    return mustBe(source, report, 'a text, or an object such as { prompt: "You are …" }')
  const prompt = text()(source, report)
  return prompt === undefined ? undefined : { prompt }
})

const inherited = {
  model: described(model, '"provider/model" or an alias, or { primary, fallbacks }.'),
  workspace: described(text('a path'), 'The folder that the agent works in.'),
  tools: described(tools, 'Narrows what the tools section allows.'),
  permissions: described(permissions, 'How far its tools reach, whatever else is said of them.'),
  sandbox: described(sandbox, 'Where the tools run.'),
  limits: described(limits, 'What one agent may use.'),
  runtime: described(agentRuntime, 'Where the turns run.'),
  groupChat: described(groupChat, 'How the agent takes part in rooms.'),
  subagents: described(subagents, 'Sub-agents that it starts for tasks of their own.'),
  skills: described(agentSkills, 'Which skills it may use, and their settings.'),
  ...bootstrap,
}
const laterKeys = ['description', 'memory', 'tasks']
const instead = { fallbacks: 'write model: { primary: "…", fallbacks: [ … ] }' }

const agent: Reader<AgentInput> = object(
  {
    id: described(agentId, '1 to 64 of a-z, 0-9, "_" and "-"; upper case counts as lower case.'),
  },
  {
    ...inherited,
    default: described(boolean(), 'Answers what no binding catches. Without one, the first does.'),
    name: described(text(), 'What people see. Default: identity.name, else the id.'),
    identity: described(identity, 'Who the agent is; a text alone is its prompt.'),
    agentDir: described(text('a path'), 'The folder of its credentials; no two agents share one.'),
    allowFrom: described(
      list(text('an id as text')),
      'Senders that this agent answers. Empty: everyone whom the channel lets in.',
    ),
    roles: described(list(text()), 'What it is for; routing.policies name it as "role:<role>".'),
    fallback: described(
      list(agentId),
      'Agents that answer in its place while it is paused, over budget or failing, in order.',
    ),
    auth: described(
      agentAuth,
      'Whose keys this agent is called with, where it is not as auth says.',
    ),
    paused: described(boolean(), 'true: it answers nothing, see routing.onUnavailable.', false),
    accounts: described(ownAccounts, 'Channel → name → an account that leads to this agent.'),
    routes: described(ownRoutes, 'Bindings that lead to this agent, without agentId.'),
  },
  { unavailable: laterKeys, instead },
)

export const agents: Reader<AgentsInput> = object(
  {},
  {
    defaults: described(
      object({}, inherited, {
        unavailable: laterKeys,
        instead: { ...instead, auth: 'write auth at the top of the file' },
      }),
      'What every agent has that does not say otherwise.',
    ),
    list: described(list(agent), 'The agents. A file without any has one, main.'),
  },
)
