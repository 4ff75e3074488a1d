import type { Command } from './commands.ts'

/** How a command stands, in brackets, for the model. */
export function describeEnd({ exit, id }: Command): string {
  if (exit === undefined) return `[${id} is still running.]`
  const { exitCode, reason } = exit
  const code = exitCode === null ? [] : [`exit code ${exitCode}`]
  return `[${[...code, ...(reason === undefined ? [] : [reason])].join(', ')}]`
}
