import type { ConfigCheck } from '@junctor/config'
import { routingProblems } from './routing-problems.ts'
import { toolProblems } from './tool-policy/problems.ts'

/** What a config cannot tell about itself: a further check for `parseConfig` and `loadConfigFile`. */
export const configProblems: ConfigCheck = (config, originOf) => [
  ...routingProblems(config, originOf),
  ...toolProblems(config, originOf),
]
