import type { Tool, Workbench } from '@junctor/agent'
import { hasCode } from '@junctor/errors'
import { ToolError } from '../errors.ts'
import { readInput } from '../input.ts'
import { applyHunks, parsePatch, type FileChange } from './patch.ts'
import { encode, MAX_FILE_BYTES, readText } from './text-file.ts'

const name = 'apply_patch'

/** The tool `apply_patch`: several files in one go. Nothing is written unless all of it fits. */
export function applyPatchTool(): Tool {
  return {
    name,
    description: `Change several files of your workspace at once:
*** Begin Patch
*** Add File: path
+line
*** Update File: path
*** Move to: new/path
@@ a line above the change, to find the place
 context
-old line
+new line
*** Delete File: path
*** End Patch`,
    inputSchema: {
      type: 'object',
      properties: { input: { type: 'string', description: 'The patch' } },
      required: ['input'],
      additionalProperties: false,
    },
    once: true,
    async run(input, { workbench, signal }) {
      const changes = parsePatch(name, readInput(name, input).text('input'))
      const files = await workbench()
      const results: Result[] = []
      for (const change of changes) results.push(await prepare(files, change, signal))
      for (const { path, content, removed } of results) {
        if (content !== undefined) await files.writeFile(path, encode(content), { signal })
        if (removed !== undefined) await files.removeFile(removed, { signal })
      }
      return results.map(({ said }) => said).join('\n')
    },
  }
}

interface Result {
  readonly path: string
  readonly content?: string
  readonly removed?: string
  readonly said: string
}

async function prepare(files: Workbench, change: FileChange, signal: AbortSignal): Promise<Result> {
  const { path } = change
  const limits = { maxBytes: MAX_FILE_BYTES, signal }
  switch (change.kind) {
    case 'add':
      if (await exists(files, path, signal))
        throw new ToolError(name, 'NO_MATCH', `${path} exists already; use "*** Update File".`)
      return { path, content: change.content, said: `Added ${path}.` }
    case 'delete':
      await readText(name, files, path, limits)
      return { path, removed: path, said: `Deleted ${path}.` }
    case 'update': {
      const text = await readText(name, files, path, limits)
      const content = applyHunks(name, path, text, change.hunks)
      if (change.moveTo === undefined) return { path, content, said: `Updated ${path}.` }
      if (await exists(files, change.moveTo, signal))
        throw new ToolError(name, 'NO_MATCH', `${change.moveTo} exists already.`)
      const said = `Updated ${path}, now ${change.moveTo}.`
      return { path: change.moveTo, content, removed: path, said }
    }
  }
}

async function exists(files: Workbench, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    await files.readFile(path, { maxBytes: 1, signal })
    return true
  } catch (error) {
    if (hasCode(error, 'NOT_FOUND')) return false
    if (hasCode(error, 'TOO_LARGE')) return true
    throw error
  }
}
