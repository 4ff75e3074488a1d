import { setTimeout as sleep } from 'node:timers/promises'
import type { Tool, ToolContext } from '@junctor/agent'
import { ToolError } from '../errors.ts'
import { readInput, type InputReader } from '../input.ts'
import type { Command, Commands } from './commands.ts'
import { describeEnd } from './describe-end.ts'

const name = 'process'
const actions = ['list', 'poll', 'log', 'write', 'kill', 'remove'] as const

/** The tool `process`: what the session's commands in the background do, and how to speak to them. */
export function processTool(commands: Commands): Tool {
  const commandOf = (context: ToolContext, fields: InputReader): Command => {
    const id = fields.text('id')
    const command = commands.find(context, id)
    if (command !== undefined) return command
    const known = commands.list(context).map((other) => other.id)
    throw new ToolError(
      name,
      'NOT_FOUND',
      `This session has no command ${JSON.stringify(id)}; it has ${known.length === 0 ? 'none' : known.join(', ')}.`,
    )
  }

  return {
    name,
    description:
      'Look after commands that `exec` left running in this session: list them, poll for new output, read the log, write to their input, kill or remove them.',
    inputSchema: {
      type: 'object',
      properties: {
        action: { type: 'string', enum: [...actions] },
        id: { type: 'string', description: 'Of the command; not needed to list' },
        data: { type: 'string', description: 'For write: what to send to its input' },
        eof: { type: 'boolean', description: 'For write: end its input. Default: false' },
        offset: {
          type: 'integer',
          minimum: 0,
          description: 'For log: the first character to show. Default: the end of the log',
        },
        waitMs: {
          type: 'integer',
          minimum: 0,
          maximum: 60_000,
          description: 'For poll: how long to wait for it to end. Default: 0',
        },
      },
      required: ['action'],
      additionalProperties: false,
    },
    timeoutMs: 90_000,
    async run(input, context) {
      const fields = readInput(name, input)
      const action = fields.oneOf('action', actions)
      if (action === 'list') return describeAll(commands.list(context))
      const command = commandOf(context, fields)
      switch (action) {
        case 'poll':
          await waitFor(
            command,
            fields.count('waitMs', { most: 60_000, otherwise: 0 }),
            context.signal,
          )
          return `${command.log.news()}\n${describeEnd(command)}`.trimStart()
        case 'log': {
          const offset = fields.count('offset', { otherwise: Number.MAX_SAFE_INTEGER })
          return `${command.log.text(offset)}\n${describeEnd(command)}`.trimStart()
        }
        case 'write':
          await command.running.write(new TextEncoder().encode(fields.optionalText('data') ?? ''))
          if (fields.flag('eof')) command.running.endInput()
          return describeEnd(command)
        case 'kill':
          command.kill()
          await command.ended
          return describeEnd(command)
        case 'remove':
          command.kill()
          commands.forget(context, command.id)
          return `[${command.id} is gone.]`
      }
    },
  }
}

async function waitFor(command: Command, ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0) return
  const patience = new AbortController()
  const both = AbortSignal.any([patience.signal, signal])
  await Promise.race([command.ended, sleep(ms, undefined, { signal: both }).catch(() => {})])
  patience.abort()
}

function describeAll(commands: readonly Command[]): string {
  if (commands.length === 0) return 'No commands.'
  return commands
    .map(
      (command) =>
        `${command.id}  ${describeEnd(command)}  ${JSON.stringify(command.script.slice(0, 120))}`,
    )
    .join('\n')
}
