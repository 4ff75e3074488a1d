import type { AgentPlaces, Purged, RegistrationStatus } from '@junctor/api'
import type { NewBinding } from '@junctor/config'
import { callGateway } from '../control-client.ts'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import type { BindingOutcome, NewAgent } from './add-agent.ts'
import { bindingText } from './binding-text.ts'

/** Agents and bindings of the running gateway that its config knows nothing of. Everything throws `NOT_RUNNING` without one. */

const path = '/api/v1/registrations'

export interface RuntimeOptions {
  readonly owner?: string
  readonly ttlMs?: number
}

/** What `agents add --runtime` did, as `--json` prints it. */
export interface AddedRuntimeAgent extends AgentPlaces {
  readonly runtime: { readonly owner?: string }
  readonly bindings: BindingOutcome
}

export async function addRuntimeAgent(
  context: CliContext,
  { bindings, ...agent }: NewAgent,
  { owner, ttlMs }: RuntimeOptions,
): Promise<AddedRuntimeAgent> {
  const owned = owner === undefined ? {} : { owner }
  const added = await callGateway(context, 'POST', `${path}/agents`, { agent, ...owned })
  const places = added as AgentPlaces
  const options = { ...owned, ...(ttlMs === undefined ? {} : { ttlMs }) }
  const outcome = await bindRuntimeAgent(context, places.id, bindings, options)
  return { ...places, runtime: owned, bindings: outcome }
}

export async function bindRuntimeAgent(
  context: CliContext,
  agentId: string,
  bindings: readonly NewBinding[],
  options: RuntimeOptions,
): Promise<BindingOutcome> {
  const added: string[] = []
  const skipped: string[] = []
  const conflicts: { binding: string; agentId: string }[] = []
  for (const match of bindings) {
    const body = { binding: { agentId, match }, ...options }
    try {
      const answer = await callGateway(context, 'POST', `${path}/bindings`, body)
      const { status } = answer as { readonly status: 'added' | 'skipped' }
      ;(status === 'added' ? added : skipped).push(bindingText(match))
    } catch (error) {
      const owner =
        error instanceof CliError ? /^Agent "([^"]+)" has/.exec(error.message)?.[1] : undefined
      if (owner === undefined) throw error
      conflicts.push({ binding: bindingText(match), agentId: owner })
    }
  }
  return { added, skipped, conflicts }
}

/** Takes runtime bindings of an agent away: these, or all. */
export async function unbindRuntimeAgent(
  context: CliContext,
  agentId: string,
  bindings: readonly NewBinding[] | 'all',
): Promise<{ readonly removed: readonly string[]; readonly missing: readonly string[] }> {
  const own = (await listRuntime(context)).flatMap((each) =>
    each.kind === 'binding' &&
    textIn(each.binding, 'agentId').toLowerCase() === agentId.toLowerCase()
      ? [{ id: each.id, text: bindingText(matchIn(each.binding['match'])) }]
      : [],
  )
  const wanted = bindings === 'all' ? own.map(({ text }) => text) : bindings.map(bindingText)
  const removed: string[] = []
  const missing: string[] = []
  for (const text of wanted) {
    const found = own.find((each) => each.text === text)
    if (found === undefined) missing.push(text)
    else {
      await callGateway(context, 'DELETE', `${path}/bindings/${found.id}`)
      removed.push(text)
    }
  }
  return { removed, missing }
}

export async function listRuntime(context: CliContext): Promise<readonly RegistrationStatus[]> {
  const answer = await callGateway(context, 'GET', path)
  return (answer as { readonly registrations: readonly RegistrationStatus[] }).registrations
}

export type RemovedRuntimeAgent = AgentPlaces & {
  readonly bindings: number
  readonly purged?: Purged
}

export async function removeRuntimeAgent(
  context: CliContext,
  id: string,
  { purge, force }: { readonly purge: boolean; readonly force: boolean },
): Promise<RemovedRuntimeAgent> {
  const query = `purge=${purge}&force=${force}`
  const removed = await callGateway(
    context,
    'DELETE',
    `${path}/agents/${encodeURIComponent(id)}?${query}`,
  )
  return removed as RemovedRuntimeAgent
}

/** Reads `90s`, `30m`, `2h` or `7d`. Throws `USAGE`. */
export function parseDuration(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(text.trim()) ?? []
  const ms = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit]
  if (ms !== undefined && Number(number) > 0) return Number(number) * ms
  throw new CliError('USAGE', `"${text}" is no time such as 90s, 30m, 2h or 7d.`)
}

type Json = RegistrationStatus extends infer Each
  ? Each extends { readonly binding: infer Binding }
    ? Binding
    : never
  : never

function textIn(value: Json, key: string): string {
  const text = value[key]
  return typeof text === 'string' ? text : ''
}

function matchIn(match: unknown): NewBinding {
  return match as NewBinding
}
