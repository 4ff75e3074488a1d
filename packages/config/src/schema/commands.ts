import type { CommandsConfig } from '../config.ts'
import { defaultCommands } from '../defaults/default-values.ts'
import { list, record } from './collections.ts'
import { object } from './object.ts'
import { described, type Reader } from './reader.ts'
import { boolean, text } from './scalars.ts'

/** The `commands` section as it is written. */
export const commands: Reader<Partial<CommandsConfig>> = object(
  {},
  {
    enabled: described(
      boolean(),
      'Whether messages such as /status are commands; if not, agents read them.',
      defaultCommands.enabled,
    ),
    allowFrom: described(
      record(list(text('an id as text'))),
      "Channel → who may use the commands that change things for others; without it the accounts' allowFrom.",
    ),
  },
  {
    unavailable: [
      'native',
      'nativeSkills',
      'text',
      'bash',
      'bashForegroundMs',
      'config',
      'debug',
      'restart',
      'useAccessGroups',
    ],
    withheld: ['ownerAllowFrom'],
  },
)
