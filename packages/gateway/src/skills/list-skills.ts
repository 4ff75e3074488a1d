import type { Config } from '@junctor/config'
import type { JudgedSkill } from '@junctor/skills'
import type { WorkbenchSource } from '../agent-run.ts'
import { GatewayError } from '../errors.ts'
import { compileSnapshot } from '../snapshot.ts'
import { openOnce } from '../turn-workbench.ts'
import { createAgentSkills } from './agent-skills.ts'

export interface ListSkillsOptions {
  readonly config: Config
  readonly agentId: string
  /** A session of the agent: what it may do and where it works depend on it. */
  readonly sessionKey: string
  /** Where the session's programs are looked for. */
  readonly workbenches: WorkbenchSource
}

/** Every skill that an agent finds, and why it cannot use some in this session. Throws `UNKNOWN_AGENT`. */
export async function listSkills(options: ListSkillsOptions): Promise<readonly JudgedSkill[]> {
  const { config, agentId, sessionKey, workbenches } = options
  const prepared = compileSnapshot(config).agents.get(agentId)
  if (prepared === undefined)
    throw new GatewayError('UNKNOWN_AGENT', `There is no agent "${agentId}" in the config.`)
  const sandbox = prepared.sandbox(sessionKey)
  return createAgentSkills(Date.now).judge({
    config,
    prepared,
    sandbox,
    gate: prepared.gate({ sessionKey }),
    open: openOnce(workbenches, { agent: prepared.agent, sessionKey, sandbox }),
  })
}
