import type { JsonValue, Message, Model, ModelEvent, ModelRequest, Tool } from '@junctor/agent'
import type { TurnEvent, TurnOptions } from '@junctor/runtime'

export type Step = ModelEvent | Error | Promise<unknown>

/** A model that follows a script, one list of steps for each call. */
export function scripted(
  ...script: readonly (readonly Step[])[]
): Model & { readonly requests: readonly ModelRequest[] } {
  const requests: ModelRequest[] = []
  return {
    spec: 'model-v1',
    id: 'script/one',
    requests,
    async *stream(request, { signal }) {
      const steps = script[requests.length] ?? []
      requests.push(request)
      for (const step of steps) {
        if (step instanceof Error) throw step
        if (step instanceof Promise) await Promise.race([step, aborted(signal)])
        else yield step
      }
    },
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

export const says = (text: string): readonly Step[] => [
  { type: 'text', text },
  { type: 'done', stopReason: 'end', usage: { inputTokens: 10, outputTokens: 2 } },
]

export const calls = (name: string, input: JsonValue = {}): readonly Step[] => [
  { type: 'tool-call', callId: `call-${name}`, name, input },
  { type: 'done', stopReason: 'tool-calls', usage: { inputTokens: 10, outputTokens: 2 } },
]

export const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] })

/** A tool that the host runs. */
export function tool(name: string, run: Tool['run'], more: Partial<Tool> = {}): Tool {
  return { name, description: `The tool ${name}`, inputSchema: { type: 'object' }, run, ...more }
}

/** What the host calls a tool that the agent's process has itself. */
export const theirs = (name: string): Tool =>
  tool(name, () => Promise.reject(new Error(`${name} ran at the host`)))

export function turnOf(
  agentId: string,
  changes: Partial<TurnOptions>,
): TurnOptions & { readonly events: readonly TurnEvent[] } {
  const events: TurnEvent[] = []
  return {
    turnId: `turn-${agentId}`,
    agent: {
      id: agentId,
      name: agentId,
      identity: {},
      workspace: '/srv/work',
      agentDir: '/srv/agents',
      model: 'script/one',
    },
    sessionKey: `agent:${agentId}:main`,
    model: scripted(),
    tools: [],
    gate: { check: () => ({ allowed: true }) },
    history: [],
    input: [user('Hello')],
    system: 'Be kind.',
    context: { agentId },
    session: {},
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
    events,
    limits: {
      maxToolCalls: 10,
      turnTimeoutMs: 60_000,
      toolTimeoutMs: 60_000,
      maxOutputTokens: 1_000,
    },
    ...changes,
  }
}
