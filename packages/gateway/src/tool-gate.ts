import type { Config } from '@junctor/config'
import type { ToolGate } from '@junctor/runtime'
import { parseSessionKey } from '@junctor/session-key'
import { compileToolPolicy, defaultSandboxTools, type ToolLayer } from '@junctor/tool-policy'

type AgentConfig = Config['agents']['list'][number]

/** Tools that only talk to the gateway: they reach nothing of the machine, sandboxed or not. */
const gatewayTools = ['group:sessions', 'group:messaging', 'agents_list']

/** The gate of each session of an agent: a sandboxed one takes more away. */
export function compileGates(config: Config, agent: AgentConfig): (sessionKey: string) => ToolGate {
  const { id, tools, sandbox } = agent
  const layers: readonly ToolLayer[] = [
    { name: 'tools', ...config.tools },
    { name: `agents.${id}.tools`, ...tools },
  ]
  const open = compileGate(layers, agent)
  if (sandbox.mode === 'off') return () => open
  const inSandbox = tools.sandbox?.tools ?? config.tools.sandbox?.tools ?? defaultSandboxTools
  const closed = compileGate(
    [
      ...layers,
      { name: 'tools.sandbox.tools', ...inSandbox },
      // Nothing runs on the machine itself in its stead.
      {
        name: `sandbox.mode of ${id} is "${sandbox.mode}", and this version has no sandbox`,
        allow: gatewayTools,
      },
    ],
    agent,
  )
  if (sandbox.mode === 'all') return () => closed
  return (sessionKey) => (parseSessionKey(sessionKey).kind === 'main' ? open : closed)
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
