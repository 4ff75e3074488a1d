import type { Command } from '@junctor/channel'
import type { CommandsConfig } from '@junctor/config'
import { activation } from './activation.ts'
import { agent } from './agent.ts'
import { approve, deny } from './approve.ts'
import type { ChatCommand } from './command.ts'
import { elevated } from './elevated.ts'
import { help } from './help.ts'
import { model } from './model.ts'
import { fresh, reset } from './new.ts'
import { queue } from './queue.ts'
import { status } from './status.ts'
import { stop } from './stop.ts'
import { why } from './why.ts'

/** In the order in which people see them. */
export const commands: readonly ChatCommand[] = [
  help(() => commands),
  status,
  fresh,
  reset,
  stop,
  model,
  queue,
  activation,
  elevated,
  approve,
  deny,
  agent,
  why,
]

/** What channels may offer in a menu: nothing where commands are off. */
export function menuFor({ enabled }: CommandsConfig): readonly Command[] {
  return enabled ? commands.map(({ name, description }) => ({ name, description })) : []
}
