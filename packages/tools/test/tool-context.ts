import type { ToolContext, Workbench } from '@junctor/agent'

/** What a call of a tool knows, on this workbench. */
export function toolContext(workbench: Workbench, changes: Partial<ToolContext> = {}): ToolContext {
  return {
    agent: {
      id: 'a',
      name: 'A',
      identity: {},
      workspace: workbench.folder,
      agentDir: '/nowhere',
      model: 'demo/one',
    },
    sessionKey: 'agent:a:main',
    turnId: 't',
    callId: 'c',
    signal: new AbortController().signal,
    session: {},
    workbench: async () => workbench,
    ...changes,
  }
}
