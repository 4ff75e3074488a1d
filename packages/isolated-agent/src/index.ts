export { createAgentProcesses } from './agent-processes.ts'
export type {
  AgentProcesses,
  AgentProcessesOptions,
  AgentProcessState,
  IsolatedTurn,
} from './agent-processes.ts'
export { AgentProcessError } from './errors.ts'
export type { AgentProcessErrorCode } from './errors.ts'
export { serveAgent } from './serve-agent.ts'
export type { AgentService } from './serve-agent.ts'
