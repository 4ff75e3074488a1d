import type { Node } from '../json5/node.ts'
import { idOf } from '../lift/agent-list.ts'
import { createReport } from '../report.ts'
import { agentId as agentIdReader } from '../schema/agent-id.ts'
import { quote } from '../schema/reader.ts'
import { createSources } from '../sources.ts'
import {
  addBindings,
  agentsIn,
  removeBindingsOf,
  requireAgent,
  type BoundAgent,
  type NewBinding,
} from './bindings.ts'
import { editTexts, type ConfigSource, type Draft, type Edited } from './draft.ts'
import { refuse } from './refusal.ts'

export interface NewAgent {
  readonly id: string
  readonly name?: string
  readonly model?: string
  readonly workspace?: string
  readonly agentDir?: string
}

export interface NewIdentity {
  readonly name?: string
  readonly theme?: string
  readonly emoji?: string
  readonly avatar?: string
}

export interface RemovedAgent {
  /** Bindings that led to the agent. */
  readonly bindings: readonly NewBinding[]
  /** Peers whose broadcast group it was in. */
  readonly broadcast: readonly string[]
  /** Accounts that it declared for itself, as `telegram/shop`: they are gone with it. */
  readonly accounts: readonly string[]
}

const listPath = ['agents', 'list']

/**
 * Writes an agent and its bindings into a config. In a file without agents `main` answers; it is written down too, so that
 * it goes on answering.
 */
export function addAgent(
  source: ConfigSource,
  agent: NewAgent,
  bindings: readonly NewBinding[] = [],
): Edited<BoundAgent> {
  return editTexts(source, (draft) => {
    const id = checkId(agent.id)
    const known = agentsIn(draft).map(idOf)
    if (known.includes(id)) {
      const message = `there is an agent ${quote(id)} already`
      return refuse([...listPath, known.indexOf(id)], 'DUPLICATE_ID', message)
    }
    if (known.length === 0 && id !== 'main') draft.append(listPath, { id: 'main', default: true })
    draft.append(listPath, { ...agent, id })
    return addBindings(draft, id, bindings)
  })
}

/** Takes an agent out of a config, with the bindings that lead to it and its place in broadcast groups. */
export function removeAgent(source: ConfigSource, agentId: string): Edited<RemovedAgent> {
  return editTexts(source, (draft) => {
    const id = agentId.toLowerCase()
    if (agentsIn(draft).length <= 1 && requireAgent(draft, id) <= 0 && id === 'main')
      refuse(
        ['agents'],
        'INVALID_VALUE',
        '"main" is the agent of a config that names none',
        'add another agent first',
      )
    requireAgent(draft, id)
    const accounts = accountsOf(draft.nodeAt([...listPath, requireAgent(draft, id), 'accounts']))
    const bindings = removeBindingsOf(draft, id)
    const broadcast = leaveBroadcasts(draft, id)
    draft.remove([...listPath, requireAgent(draft, id)])
    if (agentsIn(draft).some((agent) => idOf(agent) === id))
      refuse(
        ['agents'],
        'CONFLICT',
        `something else in the file still makes an agent ${quote(id)}`,
        'remove it by hand',
      )
    return { bindings, broadcast, accounts }
  })
}

/** Writes who an agent says it is. What is not given stays. */
export function setIdentity(
  source: ConfigSource,
  agentId: string,
  identity: NewIdentity,
): Edited<object> {
  return editTexts(source, (draft) => {
    const id = agentId.toLowerCase()
    if (requireAgent(draft, id) === -1) draft.append(listPath, { id })
    const index = requireAgent(draft, id)
    for (const [key, value] of Object.entries(identity))
      if (typeof value === 'string') draft.set([...listPath, index, 'identity', key], value)
    return {}
  })
}

/** A group that nobody is left in goes as well. */
function leaveBroadcasts(draft: Draft, id: string): readonly string[] {
  const groups = draft.nodeAt(['broadcast', 'groups'])
  const left: string[] = []
  for (const { key, value } of groups?.type === 'object' ? groups.members : []) {
    if (value.type !== 'array') continue
    const isIt = value.elements.map(
      (element) => element.type === 'scalar' && String(element.value).toLowerCase() === id,
    )
    if (!isIt.includes(true)) continue
    left.push(key)
    const path = ['broadcast', 'groups', key]
    if (isIt.every(Boolean)) draft.remove(path)
    else
      for (let index = isIt.length - 1; index >= 0; index -= 1)
        if (isIt[index] === true) draft.remove([...path, index])
  }
  return left
}

function accountsOf(own: Node | undefined): readonly string[] {
  if (own?.type !== 'object') return []
  return own.members.flatMap(({ key: channel, value }) =>
    value.type === 'object' ? value.members.map(({ key }) => `${channel}/${key}`) : [],
  )
}

function checkId(written: string): string {
  const report = createReport(createSources('', undefined))
  const node = { type: 'scalar', value: written, start: 0, end: 0 } as const
  const id = agentIdReader({ node, path: ['id'] }, { ...report, secrets: { env: {} } })
  if (id !== undefined) return id
  const [problem] = report.problems()
  return refuse([], 'INVALID_ID', problem?.message ?? 'is not an agent id', problem?.hint)
}
