import type { Tool } from '@junctor/agent'
import { createCommands } from './commands/commands.ts'
import { execTool } from './commands/exec.ts'
import { processTool } from './commands/process.ts'
import { applyPatchTool } from './files/apply-patch.ts'
import { editTool } from './files/edit.ts'
import { readTool } from './files/read.ts'
import { writeTool } from './files/write.ts'
import { sessionStatusTool } from './session-status.ts'

export interface BuiltinTools {
  readonly tools: readonly Tool[]
  /** Ends the commands that agents left running. */
  close(): Promise<void>
}

/** Every tool of this package, with its defaults. */
export function createBuiltinTools(
  options: { /** Milliseconds since 1970. */ readonly now?: () => number } = {},
): BuiltinTools {
  const { now = Date.now } = options
  const commands = createCommands(now)
  return {
    tools: [
      sessionStatusTool({ now }),
      readTool(),
      writeTool(),
      editTool(),
      applyPatchTool(),
      execTool(commands),
      processTool(commands),
    ],
    close: () => commands.close(),
  }
}
