import type { Agent, Message, Tool } from '@junctor/agent'
import type { TurnEvent, TurnOptions } from '@junctor/runtime'
import { scriptedModel } from './scripted-model.ts'

export const agent: Agent = {
  id: 'support',
  name: 'Support',
  identity: {},
  workspace: '/srv/support',
  agentDir: '/srv/agents/support',
  model: 'script/one',
}

export function user(value: string): Message {
  return { role: 'user', parts: [{ type: 'text', text: value }] }
}

export function tool(name: string, run: Tool['run'], more: Partial<Tool> = {}): Tool {
  return { name, description: `The tool ${name}`, inputSchema: { type: 'object' }, run, ...more }
}

/** Everything a turn needs, with limits that no test reaches by accident. */
export function turnOptions(
  changes: Partial<Omit<TurnOptions, 'limits'>> & { limits?: Partial<TurnOptions['limits']> } = {},
): TurnOptions & { readonly events: readonly TurnEvent[] } {
  const events: TurnEvent[] = []
  const { limits, ...others } = changes
  return {
    turnId: 'turn-1',
    agent,
    sessionKey: 'agent:support:main',
    model: scriptedModel(),
    tools: [],
    gate: { check: () => ({ allowed: true }) },
    history: [],
    input: [user('Hello')],
    system: 'Be kind.',
    context: { agentId: 'support' },
    session: {},
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
    events,
    ...others,
    limits: {
      maxToolCalls: 10,
      turnTimeoutMs: 60_000,
      toolTimeoutMs: 60_000,
      maxOutputTokens: 1_000,
      ...limits,
    },
  }
}
