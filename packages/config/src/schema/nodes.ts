import type { NodeConfig } from '../nodes-config.ts'
import { glob } from './agent-to-agent.ts'
import { list, record, type NameRule } from './collections.ts'
import { object } from './object.ts'
import { described, type Reader } from './reader.ts'
import { refine, text } from './scalars.ts'

const programPattern = '^(?:/\\P{Cc}*[^/\\p{Cc}]|[^/\\p{Cc}\\s-][^/\\p{Cc}\\s]*)$'
const program = refine(
  text('a program'),
  (written) =>
    new RegExp(programPattern, 'u').test(written)
      ? { value: written }
      : {
          message: `${JSON.stringify(written.slice(0, 80))} is no program`,
          hint: 'write its name alone, or its absolute path',
        },
  { type: 'string', pattern: programPattern },
)

const node: Reader<NodeConfig> = object(
  {
    agents: described(list(glob), 'Agent ids or patterns that may use it. Empty: nobody.'),
    allow: described(
      list(program),
      'Programs that they may run there, exactly as they are run. The node must permit them, too.',
    ),
  },
  {},
)

const nodeName: NameRule = {
  pattern: '^[a-z0-9][a-z0-9_-]{0,31}$',
  complaint: (key) =>
    `${JSON.stringify(key.slice(0, 80))} cannot be the name of a node: use 1 to 32 of a-z, 0-9, "_" and "-"`,
}

/** The `nodes` section as it is written: by the name under which a node was paired. */
export const nodes: Reader<Readonly<Record<string, NodeConfig>>> = record(node, nodeName)
