export { SessionKeyError } from './errors.ts'
export type { SessionKeyErrorCode } from './errors.ts'
export { isSessionKey, parseSessionKey } from './parse-session-key.ts'
export type {
  CronSession,
  DirectSession,
  DmScope,
  MainSession,
  RoomSession,
  SessionKeyParts,
  SessionThread,
  SubagentSession,
} from './parts.ts'
export { encodeSegment } from './segment.ts'
export { sessionKey, threadOf } from './session-key.ts'
