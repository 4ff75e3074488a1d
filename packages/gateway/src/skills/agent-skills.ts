import { WorkbenchError, type Workbench } from '@junctor/agent'
import type { Config } from '@junctor/config'
import type { ToolGate } from '@junctor/runtime'
import {
  createSkillCatalogue,
  judgeSkills,
  skillsSection,
  usableSkills,
  type JudgedSkill,
  type Skill,
  type SkillFolder,
  type SkillTerms,
} from '@junctor/skills'
import type { PreparedAgent } from '../snapshot.ts'
import { createBinaryFinder } from './find-binaries.ts'
import { placeSkills, type SandboxConfig } from './places.ts'

export interface SkillsRequest {
  readonly config: Config
  readonly prepared: Pick<PreparedAgent, 'agent' | 'skills'>
  /** Of the session. Undefined: it works on the host. */
  readonly sandbox: SandboxConfig | undefined
  readonly gate: ToolGate
  /** Where the session's commands run; asked when a skill needs programs. Undefined: nowhere. */
  readonly open: (() => Promise<Workbench>) | undefined
}

/** What the skills of an agent are to one of its turns. */
export interface TurnSkills {
  /** For the prompt; empty where there are none. */
  readonly section: string
  /** What the turn's commands get, and nobody else's. */
  readonly environment: Readonly<Record<string, string>>
  /** What file tools may read besides the workspace. */
  readonly folders: readonly SkillFolder[]
  /** What somebody who asks why should know. */
  readonly notes: readonly string[]
}

export interface AgentSkills {
  judge(request: SkillsRequest): Promise<readonly JudgedSkill[]>
  ofTurn(request: SkillsRequest): Promise<TurnSkills>
}

export function createAgentSkills(now: () => number): AgentSkills {
  // As with prompts: under load a look at the folders costs more than the turn around it.
  const catalogue = createSkillCatalogue({ now, lookEveryMs: 100 })
  const findBinaries = createBinaryFinder(now)

  const judge = async (request: SkillsRequest): Promise<readonly JudgedSkill[]> => {
    const { config, prepared, sandbox } = request
    const { workspace } = prepared.agent
    const found = await catalogue.find({ workspace, shared: `${config.stateDir}/skills` })
    if (found.skills.length === 0) return []
    const judged = await judgeSkills(found, termsOf(request, findBinaries))
    return judged.map((each) => withinSight(each, sandbox))
  }

  return {
    judge,
    async ofTurn(request) {
      const { prepared, sandbox } = request
      const usable = usableSkills(await judge(request))
      const { pathOf, folders } = placeSkills(usable, sandbox)
      const { text, leftOut } = skillsSection(usable, pathOf)
      return {
        section: text,
        environment: environmentOf(usable, prepared, sandbox),
        folders,
        notes: leftOut.map((name) => `the prompt had no room for the skill ${name}`),
      }
    },
  }
}

function termsOf(
  { config, prepared, sandbox, gate, open }: SkillsRequest,
  findBinaries: ReturnType<typeof createBinaryFinder>,
): SkillTerms {
  const { agent, skills } = prepared
  const index = config.agents.list.findIndex(({ id }) => id === agent.id)
  return {
    allow: skills.allow,
    deny: skills.deny,
    listsAt: `agents.list[${index}].skills`,
    isEnabled: (name) => skills.entries[name]?.enabled !== false,
    checkTool: (tool) => gate.check(tool),
    place: sandbox === undefined ? 'host' : 'sandbox',
    os: sandbox === undefined ? process.platform : 'linux',
    async findBinaries(names) {
      if (open === undefined)
        throw new WorkbenchError('UNAVAILABLE', 'this agent has no place to run commands')
      return findBinaries([agent.id, agent.workspace, sandbox ?? null], names, open)
    },
    hasVariable: (skill, name) =>
      Object.hasOwn(sandbox?.docker.env ?? {}, name) ||
      Object.hasOwn(environmentOf([skill], prepared, sandbox), name),
    isSet: (setting) => isSet(config, setting),
  }
}

/** What others could look at is given to nobody: a shared sandbox shows the variables of its processes to all who share it. */
function environmentOf(
  usable: readonly Skill[],
  { skills }: SkillsRequest['prepared'],
  sandbox: SandboxConfig | undefined,
): Readonly<Record<string, string>> {
  if (sandbox?.scope === 'shared') return {}
  return Object.fromEntries(
    usable.flatMap(({ settingsName, primaryEnv }) => {
      const { env = {}, apiKey } = skills.entries[settingsName] ?? {}
      const key = apiKey === undefined || primaryEnv === undefined ? [] : [[primaryEnv, apiKey]]
      return [...key, ...Object.entries(env)]
    }),
  )
}

function withinSight(judged: JudgedSkill, sandbox: SandboxConfig | undefined): JudgedSkill {
  const { skill, reasons } = judged
  if (sandbox?.scope !== 'shared' || skill.origin === 'shared' || reasons.length > 0) return judged
  const problem = "it is the workspace's own, and other agents share the sandbox"
  return { skill, reasons: [{ kind: 'unavailable', problem }] }
}

function isSet(config: Config, setting: string): boolean {
  let value: unknown = config
  for (const key of setting.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false
    value = (value as { readonly [key: string]: unknown })[key]
  }
  return value !== undefined && value !== null && value !== false && value !== ''
}
