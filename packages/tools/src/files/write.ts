import type { Tool } from '@junctor/agent'
import { readInput } from '../input.ts'
import { encode } from './text-file.ts'

const name = 'write'

/** The tool `write`: puts a whole file in place. */
export function writeTool(): Tool {
  return {
    name,
    description:
      'Write a file of your workspace, whole. Folders are made as needed; a file that is there is replaced.',
    inputSchema: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Path of the file, inside the workspace' },
        content: { type: 'string', description: 'The whole content' },
      },
      required: ['path', 'content'],
      additionalProperties: false,
    },
    async run(input, { workbench, signal }) {
      const fields = readInput(name, input)
      const path = fields.text('path')
      const content = encode(fields.optionalText('content') ?? '')
      const files = await workbench()
      await files.writeFile(path, content, { signal })
      return `Wrote ${content.length} bytes to ${path}.`
    },
  }
}
