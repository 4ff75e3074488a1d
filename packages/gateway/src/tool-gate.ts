import type { Config } from '@junctor/config'
import type { ToolGate } from '@junctor/runtime'
import { compileToolPolicy, defaultSandboxTools, type ToolLayer } from '@junctor/tool-policy'
import { isSandboxed } from './sandboxed.ts'

type AgentConfig = Config['agents']['list'][number]

/** The gate of each session of an agent: a sandboxed one takes more away. */
export function compileGates(config: Config, agent: AgentConfig): (sessionKey: string) => ToolGate {
  const { id, tools, sandbox } = agent
  const layers: readonly ToolLayer[] = [
    { name: 'tools', ...config.tools },
    { name: `agents.${id}.tools`, ...tools },
  ]
  const open = compileGate(layers, agent)
  const inSandbox = tools.sandbox?.tools ?? config.tools.sandbox?.tools ?? defaultSandboxTools
  const closed = compileGate([...layers, { name: 'tools.sandbox.tools', ...inSandbox }], agent)
  return (sessionKey) => (isSandboxed(sandbox, sessionKey) ? closed : open)
}

/** A tool must be allowed for the agent's model and for every one that may stand in for it. */
function compileGate(
  layers: readonly ToolLayer[],
  { model, fallbacks }: Pick<AgentConfig, 'model' | 'fallbacks'>,
): ToolGate {
  const policies = [model, ...fallbacks].map((name) => compileToolPolicy(layers, { model: name }))
  return {
    check(tool) {
      const verdicts = policies.map((policy) => policy.check(tool))
      return verdicts.find(({ allowed }) => !allowed) ?? verdicts[0] ?? { allowed: false }
    },
  }
}
