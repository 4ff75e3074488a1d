import type { Tool } from '@junctor/agent'
import { agentsListTool, type AgentsListOptions } from './agents-list.ts'
import { attachmentTool, type AttachmentToolOptions } from './attachment.ts'
import { messageTool, type MessageToolOptions } from './message.ts'
import { cronTool, type CronToolOptions } from './cron.ts'
import { reactTool, type ReactToolOptions } from './react.ts'
import { sessionsHistoryTool } from './sessions-history.ts'
import { sessionsListTool, type SessionsListOptions } from './sessions-list.ts'
import { sessionsSpawnTool, type SessionsSpawnOptions } from './sessions-spawn.ts'
import { sessionsSendTool, type SessionsSendOptions } from './sessions-send.ts'

export type AgentToolsOptions = AgentsListOptions &
  AttachmentToolOptions &
  MessageToolOptions &
  ReactToolOptions &
  CronToolOptions &
  SessionsListOptions &
  SessionsSendOptions &
  SessionsSpawnOptions

/** The tools that need the gateway itself. */
export function createAgentTools(options: AgentToolsOptions): readonly Tool[] {
  return [
    agentsListTool(options),
    sessionsListTool(options),
    sessionsHistoryTool(options),
    sessionsSendTool(options),
    cronTool(options),
    sessionsSpawnTool(options),
    messageTool(options),
    attachmentTool(options),
    reactTool(options),
  ]
}
