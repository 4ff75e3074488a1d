import type { Tool } from '@junctor/agent'
import { readFile } from './read-file.ts'
import { sessionStatus } from './session-status.ts'

/** Every tool of this package, with its defaults. */
export function builtinTools(): readonly Tool[] {
  return [sessionStatus(), readFile()]
}
