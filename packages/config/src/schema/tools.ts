import type { AgentToAgentRules } from '../agent-to-agent-config.ts'
import { defaultPermissions } from '../defaults/default-values.ts'
import type { ElevatedConfig, PermissionsConfig, ToolRules, ToolsConfig } from '../tools-config.ts'
import { agentToAgentRules } from './agent-to-agent.ts'
import { list, record } from './collections.ts'
import { mcp } from './mcp.ts'
import { object } from './object.ts'
import { described, type Reader } from './reader.ts'
import { boolean, oneOf, text, wholeNumber } from './scalars.ts'
import { throttle } from './throttle.ts'
import { web } from './web.ts'

const ruleKeys = {
  profile: described(
    oneOf('minimal', 'coding', 'messaging', 'full'),
    'A named set of tools to begin with.',
  ),
  allow: described(list(text()), 'Only these tools, or groups such as "group:fs".'),
  alsoAllow: described(list(text()), 'Added to what the profile or allow gives.'),
  deny: described(list(text()), 'Never these; wins over every allow.'),
}

export const toolRules: Reader<ToolRules> = object({}, ruleKeys)

const elevated: Reader<ElevatedConfig> = object(
  {},
  {
    enabled: described(boolean(), 'Whether commands may leave the sandbox at all.'),
    allowFrom: described(
      record(list(text('an id as text'))),
      'Channel → senders whose commands may; "*" is everyone.',
    ),
  },
)

const toolsKeys = {
  ...ruleKeys,
  byProvider: described(
    record(toolRules),
    'Further limits by model provider, or by "provider/model".',
  ),
  sandbox: described(
    object({}, { tools: described(toolRules, 'What sandboxed sessions are limited to.') }),
    'What holds in a sandbox besides.',
  ),
  subagents: described(
    object({}, { tools: described(toolRules, 'What sub-agents are limited to.') }),
    'What holds for sub-agents besides.',
  ),
  throttle: described(
    record(throttle),
    'Tool, group or pattern → how often an agent may call it, as "10/m".',
  ),
  elevated: described(elevated, 'Whose commands may run on the host for a sandboxed session.'),
  requireApproval: described(
    list(text()),
    'Tools, groups or patterns whose every call a person has to approve.',
  ),
  approvers: described(
    record(list(text('an id as text'))),
    'Channel → who may approve; "*" is everyone, "api" is programs with a token.',
  ),
  approvalMinutes: described(
    wholeNumber(1, 10_080),
    'How long an approval is waited for, and may be used once it is given. Default 10.',
  ),
  mcp: described(mcp, 'MCP servers by name; their tools are called "<server>__<tool>".'),
  web: described(web, 'How tools reach the web.'),
}
const laterTools = { unavailable: ['exec'] }

/** The `tools` of one agent. */
export const tools: Reader<ToolsConfig> = object({}, toolsKeys, {
  ...laterTools,
  instead: { agentToAgent: 'write it in the section tools: it is about all agents' },
})

/** The section `tools` as it is written. */
export interface ToolsInput extends ToolsConfig {
  readonly agentToAgent?: Partial<AgentToAgentRules>
}

export const allTools: Reader<ToolsInput> = object(
  {},
  {
    ...toolsKeys,
    agentToAgent: described(agentToAgentRules, 'Which agents may reach each other.'),
  },
  laterTools,
)

/** The `permissions` of an agent as they are written. */
export const permissions: Reader<Partial<PermissionsConfig>> = object(
  {},
  {
    mode: described(
      oneOf('read_only', 'workspace', 'full'),
      'Tools that only look; those, files and sandboxed commands; or any.',
      defaultPermissions.mode,
    ),
    operations: described(
      list(text()),
      'Only these tools, groups or patterns. Empty: any that the mode has.',
    ),
    requireApproval: described(list(text()), 'Added to tools.requireApproval.'),
  },
  {
    instead: {
      deniedPaths:
        'a command opens any path, so this would not hold: keep such files out of the workspace, and commands in a sandbox',
    },
  },
)
