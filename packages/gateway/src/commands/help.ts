import type { ChatCommand } from './command.ts'

export function help(commands: () => readonly ChatCommand[]): ChatCommand {
  return {
    name: 'help',
    description: 'Show the commands',
    when: 'at once',
    access: () => 'anyone',
    prepare: () => () => ({ text: commands().map(lineOf).join('\n') }),
  }
}

function lineOf({ name, argument, description }: ChatCommand): string {
  return `- /${name}${argument === undefined ? '' : ` ${argument}`}: ${description}`
}
