import { readFile } from 'node:fs/promises'
import { configPaths } from '@junctor/config/file'
import type { CliContext } from './context.ts'
import { CliError, type CliErrorCode } from './errors.ts'
import { runningPath, tokenPath, type Running } from './state-files.ts'

/**
 * Asks the running gateway of this state directory. Throws `NOT_RUNNING` when none answers, and what the gateway says when it
 * knows no such thing (`NOT_FOUND`), does not understand (`USAGE`) or will not do it (`REFUSED`).
 */
export async function callGateway(
  context: CliContext,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<unknown> {
  // Not through the config: a file that was broken by an edit is what people ask a running gateway about.
  const { stateDir } = configPaths(context)
  const running = await readRunning(stateDir)
  const token = (await readFile(tokenPath(stateDir), 'utf8').catch(() => '')).trim()
  try {
    const response = await fetch(new URL(path, running.url), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (response.ok) return await response.json()
    const complaint = await complaintOf(response)
    if (complaint !== undefined) throw complaint
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

const codesOf: { readonly [status: number]: CliErrorCode } = {
  400: 'USAGE',
  403: 'REFUSED',
  404: 'NOT_FOUND',
  409: 'REFUSED',
  422: 'REFUSED',
}

/** What a gateway of ours says about a request that it understood to be wrong. */
async function complaintOf(response: Response): Promise<CliError | undefined> {
  const code = codesOf[response.status]
  if (code === undefined) return undefined
  const answer = (await response.json().catch(() => undefined)) as
    | { readonly error?: { readonly message?: unknown } }
    | undefined
  const message = answer?.error?.message
  if (typeof message !== 'string') return undefined
  return new CliError(code, message)
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
