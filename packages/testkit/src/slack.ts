export { createSlackServer } from './slack/server.ts'
export type { SlackServer, SlackServerOptions } from './slack/server.ts'
export type { DisconnectReason, SlackWorkspace } from './slack/workspace.ts'
export type { WorkspaceOptions } from './slack/workspace-state.ts'
export type { AppEvent, EventKind } from './slack/deliveries.ts'
export type { SignedRequest, Signing } from './slack/http-sender.ts'
export type { SaidFile } from './slack/files.ts'
export type { Edit, Reaction, Say } from './slack/people.ts'
export type {
  ConversationKind,
  ShownMessage,
  SlackCall,
  SlackFile,
  SlackMessage,
} from './slack/types.ts'
