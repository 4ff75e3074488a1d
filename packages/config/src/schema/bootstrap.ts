import { defaultBootstrap } from '../defaults/default-values.ts'
import { described } from './reader.ts'
import { wholeNumber } from './scalars.ts'

/** How much of the workspace's files (AGENTS.md, SOUL.md, …) an agent's prompt takes. */
export const bootstrap = {
  bootstrapMaxChars: described(
    wholeNumber(1),
    'Characters of each file of the workspace that enter the prompt; the rest is cut, and said.',
    defaultBootstrap.bootstrapMaxChars,
  ),
  bootstrapTotalMaxChars: described(
    wholeNumber(1),
    'Characters of all those files together.',
    defaultBootstrap.bootstrapTotalMaxChars,
  ),
}
