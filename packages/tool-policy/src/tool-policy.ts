import { canonicalName, profiles } from './catalogue.ts'
import { ToolPolicyError } from './errors.ts'
import type { ToolLayer, ToolPolicyOptions, ToolRules } from './layer.ts'
import {
  compileToolList,
  readGroups,
  type ListPlace,
  type ToolGroups,
  type ToolList,
} from './tool-list.ts'

export interface ToolVerdict {
  readonly allowed: boolean
  /** The layer that decided: the first that refuses, else the last that lets it through by name. Absent when none speaks. */
  readonly layer?: string
  /** What in that layer decided: `deny "group:fs"`, `allow "read"`, `profile "minimal"`, `not in allow`. */
  readonly rule?: string
}

export interface ToolPolicy {
  /** Whether a tool may be offered and called. Ask it at both places. */
  readonly check: (tool: string) => ToolVerdict
  /** The tools that may be offered to a model, in their order. */
  readonly filter: <Tool extends { readonly name: string }>(tools: readonly Tool[]) => Tool[]
}

/**
 * A policy of layers, each of which only takes away. Without layers, or with empty ones, every tool is allowed.
 *
 * @throws ToolPolicyError for rules that would silently do something else than they say.
 */
export function compileToolPolicy(
  layers: readonly ToolLayer[],
  options: ToolPolicyOptions = {},
): ToolPolicy {
  const groups = readGroups(options.groups)
  const steps = layers.flatMap((layer) => compileLayer(layer, groups, options.model))

  function check(tool: string): ToolVerdict {
    const name = canonicalName(tool)
    let verdict: ToolVerdict = { allowed: true }
    for (const step of steps) {
      const decided = step(name)
      if (decided?.allowed === false) return decided
      verdict = decided ?? verdict
    }
    return verdict
  }

  return { check, filter: (tools) => tools.filter(({ name }) => check(name).allowed) }
}

/**
 * Which entry of a list names a tool, as it is written; undefined when none does. Entries are what `allow` takes.
 *
 * @throws ToolPolicyError
 */
export function toolMatcher(entries: readonly string[], place: ListPlace): ToolList {
  const matches = compileToolList(entries, readGroups(), place)
  return (tool) => matches(canonicalName(tool))
}

/** One rule's word on a tool; undefined when it has none. */
type Step = (canonicalTool: string) => ToolVerdict | undefined

function compileLayer(
  layer: ToolLayer,
  groups: ToolGroups,
  model: string | undefined,
): readonly Step[] {
  const steps = compileRules(layer.name, layer, groups)
  const providers = Object.entries(layer.byProvider ?? {})
  if (providers.length === 0) return steps
  if (model === undefined) {
    throw new ToolPolicyError(
      'MODEL_REQUIRED',
      `${layer.name}.byProvider depends on the model. Pass the option model, as in { model: "anthropic/claude-haiku-4-5" }.`,
    )
  }
  const compiled = new Map(
    providers.map(([key, rules]) => [
      key,
      compileRules(`${layer.name}.byProvider.${key}`, rules, groups),
    ]),
  )
  const special = rulesForModel(layer.byProvider, model)
  return [...steps, ...(compiled.get(special?.key ?? '') ?? [])]
}

/** The entry of `byProvider` that holds for a model: its own, else that of its provider. */
export function rulesForModel(
  byProvider: ToolLayer['byProvider'] = {},
  model: string,
): { readonly key: string; readonly rules: ToolRules } | undefined {
  const [provider] = model.toLowerCase().split('/')
  const entries = Object.entries(byProvider)
  const found =
    entries.find(([key]) => key.trim().toLowerCase() === model.toLowerCase()) ??
    entries.find(([key]) => key.trim().toLowerCase() === provider)
  return found && { key: found[0], rules: found[1] }
}

function compileRules(layer: string, rules: ToolRules, groups: ToolGroups): readonly Step[] {
  const { profile, allow = [], alsoAllow = [], deny = [] } = rules
  const compile = (entries: readonly string[], list: string): ToolList =>
    compileToolList(entries, groups, { layer, list })

  const denied = compile(deny, 'deny')
  const also = compile(alsoAllow, 'alsoAllow')
  const steps: Step[] = [
    (tool) => {
      const entry = denied(tool)
      return entry === undefined ? undefined : { allowed: false, layer, rule: `deny "${entry}"` }
    },
  ]

  function restrict(listed: ToolList, ruleOf: (entry: string) => string, otherwise: string): void {
    steps.push((tool) => {
      const entry = listed(tool)
      if (entry !== undefined) return { allowed: true, layer, rule: ruleOf(entry) }
      const extra = also(tool)
      return extra === undefined
        ? { allowed: false, layer, rule: otherwise }
        : { allowed: true, layer, rule: `alsoAllow "${extra}"` }
    })
  }

  if (profile !== undefined) {
    const rule = `profile "${profile}"`
    restrict(compile(toolsOf(profile, layer), 'profile'), () => rule, `not in ${rule}`)
  }
  if (allow.length > 0)
    restrict(compile(allow, 'allow'), (entry) => `allow "${entry}"`, 'not in allow')
  return steps
}

function toolsOf(profile: string, layer: string): readonly string[] {
  const tools = profiles.get(profile)
  if (tools !== undefined) return tools
  throw new ToolPolicyError(
    'UNKNOWN_PROFILE',
    `${layer}.profile is "${profile}"; it must be one of ${[...profiles.keys()].join(', ')}.`,
  )
}
