import { configSchema } from './schema/config-schema.ts'
import type { JsonSchema } from './schema/json-schema.ts'
import { withIncludes } from './schema/with-includes.ts'

/**
 * The canonical shape of the config file as a JSON Schema (draft 7), with a description of every setting and its default,
 * for editors. It comes from what `parseConfig` reads with; comparisons of one part with another (does this agent exist?)
 * and the world (is this variable set?) are beyond it.
 */
export function configJsonSchema(): JsonSchema & { readonly $schema: string } {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    description: 'The configuration of Junctor, in its canonical shape.',
    ...withIncludes(configSchema.schema),
  }
}
