import type { Tool } from '@junctor/agent'

/** The tool `session_status`: who the agent is, on which model, in which session, and what time it is. */
export function sessionStatusTool(options: { readonly now?: () => number } = {}): Tool {
  const { now = Date.now } = options
  return {
    name: 'session_status',
    description:
      'Facts about this session: agent, model, session key, current time in UTC, and more.',
    inputSchema: { type: 'object', properties: {}, additionalProperties: false },
    run: async (_input, { agent, sessionKey, session }) =>
      // As JSON, so that no value (a display name, a title) can pass for another line.
      JSON.stringify(
        {
          agent: { id: agent.id, name: agent.name },
          model: agent.model,
          sessionKey,
          time: new Date(now()).toISOString(),
          session,
        },
        undefined,
        2,
      ),
  }
}
