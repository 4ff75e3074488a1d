import type { NameRule } from './collections.ts'
import { inAnyCase } from './json-schema.ts'
import type { Reader } from './reader.ts'
import { refine, text } from './scalars.ts'

const reservedIds: ReadonlySet<string> = new Set([
  'defaults',
  'list',
  'human',
  'user',
  'default',
  'all',
])
const idPattern = /^[a-z0-9][a-z0-9_-]{0,63}$/
const writtenId = `^(?!(?:${[...reservedIds].map(inAnyCase).join('|')})$)[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`

/** An agent's id: lower-cased, and never changed in any other way, so that two ids cannot become one. */
export const agentId: Reader<string> = refine(
  text(),
  (written) => {
    const id = written.toLowerCase()
    if (reservedIds.has(id)) {
      const message = `${JSON.stringify(written)} is a reserved word and cannot be an agent's id`
      return { code: 'INVALID_ID', message, hint: 'choose another id' }
    }
    if (idPattern.test(id)) return { value: id }
    return {
      code: 'INVALID_ID',
      message: `${JSON.stringify(written.slice(0, 80))} is not an agent id`,
      hint: 'use 1 to 64 of a-z, 0-9, "_" and "-", beginning with a letter or digit',
    }
  },
  { type: 'string', pattern: writtenId },
)

/** The key of a record that has something for each of some agents. */
export const agentName: NameRule = {
  pattern: writtenId,
  complaint: (key) => `${JSON.stringify(key.slice(0, 80))} is not an agent id`,
}
