import type { Tool } from '@junctor/agent'
import { ToolError } from '../errors.ts'
import { readInput } from '../input.ts'
import { encode, MAX_FILE_BYTES, readText } from './text-file.ts'

const name = 'edit'

/** The tool `edit`: replaces one exact piece of a text file. */
export function editTool(): Tool {
  return {
    name,
    description:
      'Replace a piece of a text file. `oldText` must stand in the file exactly once, with all of its white space, unless `all` is set.',
    inputSchema: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Path of the file, inside the workspace' },
        oldText: { type: 'string', description: 'What stands there now' },
        newText: { type: 'string', description: 'What is to stand there' },
        all: { type: 'boolean', description: 'Replace every occurrence. Default: false' },
      },
      required: ['path', 'oldText', 'newText'],
      additionalProperties: false,
    },
    async run(input, { workbench, signal }) {
      const fields = readInput(name, input)
      const path = fields.text('path')
      const oldText = fields.text('oldText')
      const newText = fields.optionalText('newText') ?? ''
      const files = await workbench()
      const text = await readText(name, files, path, { maxBytes: MAX_FILE_BYTES, signal })
      const count = text.split(oldText).length - 1
      if (count === 0)
        throw new ToolError(
          name,
          'NO_MATCH',
          `"oldText" does not stand in ${path}. Read the file again; white space counts.`,
        )
      if (count > 1 && !fields.flag('all'))
        throw new ToolError(
          name,
          'NO_MATCH',
          `"oldText" stands ${count} times in ${path}. Give more of the text around it, or set "all".`,
        )
      await files.writeFile(path, encode(text.replaceAll(oldText, () => newText)), { signal })
      return `Replaced ${count === 1 ? 'one piece' : `${count} pieces`} of ${path}.`
    },
  }
}
