import type { Config } from '@junctor/config'

type Rules = Config['tools']['agentToAgent']

/**
 * Why the sessions of one agent may not reach those of another; undefined when they may. An agent's own sessions always may.
 * Both ends have to be allowed: each by a listed id or glob, or both by one directed pair. An empty list is nobody.
 */
export function refusedBetween(
  { enabled, allow }: Rules,
  from: string,
  to: string,
): string | undefined {
  if (from === to) return undefined
  if (!enabled)
    return `agents do not reach each other here (tools.agentToAgent.enabled is false): agent "${from}" may not reach agent "${to}"`
  const names = allow.filter((entry) => typeof entry === 'string')
  const isListed = (agentId: string): boolean => names.some((name) => matchesAgent(name, agentId))
  if (isListed(from) && isListed(to)) return undefined
  for (const entry of allow)
    if (typeof entry !== 'string' && matchesAgent(entry.from, from) && matchesAgent(entry.to, to))
      return undefined
  return `tools.agentToAgent.allow does not let agent "${from}" reach agent "${to}": it needs both ids, or { from: "${from}", to: "${to}" }`
}

/** `*` stands for any characters. Ids hold none that mean something in a pattern. */
export function matchesAgent(glob: string, agentId: string): boolean {
  if (!glob.includes('*')) return glob === agentId
  const parts = glob.split('*').map((part) => part.replaceAll(/[^\w-]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(agentId)
}
