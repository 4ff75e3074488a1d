import { setTimeout as sleep } from 'node:timers/promises'
import type { Tool } from '@junctor/agent'
import { readInput } from '../input.ts'
import type { Command, Commands } from './commands.ts'
import { describeEnd } from './describe-end.ts'

const name = 'exec'
const LONGEST_WAIT_MS = 110_000
const TIMEOUT_S = 1_800

/** The tool `exec`: runs a shell command in the session's workbench, and leaves it in the background when it takes long. */
export function execTool(commands: Commands): Tool {
  return {
    name,
    description:
      'Run a shell command in your workspace. When it takes longer than `yieldMs`, or with `background`, it goes on running and you get an id: see `process`.',
    inputSchema: {
      type: 'object',
      properties: {
        command: { type: 'string', description: 'A script for /bin/sh' },
        workdir: { type: 'string', description: 'Folder to run it in. Default: the workspace' },
        env: {
          type: 'object',
          additionalProperties: { type: 'string' },
          description: 'Variables for this command',
        },
        background: { type: 'boolean', description: 'Do not wait for it. Default: false' },
        yieldMs: {
          type: 'integer',
          minimum: 0,
          maximum: LONGEST_WAIT_MS,
          description: 'How long to wait for it, in milliseconds. Default: 10000',
        },
        timeout: {
          type: 'integer',
          minimum: 1,
          description: `Seconds after which it is stopped. Default: ${TIMEOUT_S}`,
        },
      },
      required: ['command'],
      additionalProperties: false,
    },
    once: true,
    timeoutMs: LONGEST_WAIT_MS + 60_000,
    async run(input, context) {
      const fields = readInput(name, input)
      const yieldMs = fields.count('yieldMs', { most: LONGEST_WAIT_MS, otherwise: 10_000 })
      const command = await commands.start(context, {
        script: fields.text('command'),
        folder: fields.optionalText('workdir'),
        environment: fields.texts('env'),
        timeoutMs:
          fields.count('timeout', { least: 1, most: 86_400, otherwise: TIMEOUT_S }) * 1_000,
      })
      const isOver = fields.flag('background')
        ? command.exit !== undefined
        : await endsWithin(command, yieldMs, context.signal)
      const output = command.log.news()
      if (!isOver)
        return `${output}\n[Still running as ${command.id}. Use process to poll, write to or kill it.]`.trimStart()
      return `${output}${output === '' || output.endsWith('\n') ? '' : '\n'}${describeEnd(command)}`
    },
  }
}

/** A turn that ends meanwhile ends the command with it: nobody was told its id. */
async function endsWithin(command: Command, ms: number, signal: AbortSignal): Promise<boolean> {
  const patience = new AbortController()
  const stop = (): void => command.kill()
  signal.addEventListener('abort', stop)
  try {
    await Promise.race([
      command.ended,
      sleep(ms, undefined, { signal: patience.signal }).catch(() => {}),
    ])
    signal.throwIfAborted()
    return command.exit !== undefined
  } finally {
    patience.abort()
    signal.removeEventListener('abort', stop)
  }
}
