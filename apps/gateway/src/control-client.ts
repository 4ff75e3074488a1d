import { readFile } from 'node:fs/promises'
import { configPaths } from '@junctor/config/file'
import type { CliContext } from './context.ts'
import { CliError } from './errors.ts'
import { runningPath, tokenPath, type Running } from './state-files.ts'

/** Asks the running gateway of this state directory. Throws `NOT_RUNNING` when none answers. */
export async function callGateway(
  context: CliContext,
  method: 'GET' | 'POST',
  path: string,
): Promise<unknown> {
  // Not through the config: a file that was broken by an edit is what people ask a running gateway about.
  const { stateDir } = configPaths(context)
  const running = await readRunning(stateDir)
  const token = (await readFile(tokenPath(stateDir), 'utf8').catch(() => '')).trim()
  try {
    const response = await fetch(new URL(path, running.url), {
      method,
      headers: { authorization: `Bearer ${token}` },
    })
    if (response.ok) return await response.json()
    throw new CliError(
      'NOT_RUNNING',
      `The program at ${running.url} answered ${response.status}: is it the gateway of ${stateDir}?`,
    )
  } catch (cause) {
    if (cause instanceof CliError) throw cause
    throw new CliError(
      'NOT_RUNNING',
      `No gateway answers at ${running.url}. Start one with \`junctor start\`.`,
      { cause },
    )
  }
}

async function readRunning(stateDir: string): Promise<Running> {
  try {
    return JSON.parse(await readFile(runningPath(stateDir), 'utf8')) as Running
  } catch (cause) {
    throw new CliError(
      'NOT_RUNNING',
      `No gateway runs on ${stateDir}. Start one with \`junctor start\`.`,
      { cause },
    )
  }
}
