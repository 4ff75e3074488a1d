import { WorkbenchError } from '@junctor/agent'
import Docker from 'dockerode'

/** Where the container engine listens. Default: `DOCKER_HOST`, else `/var/run/docker.sock`. */
export interface EngineOptions {
  readonly socketPath?: string
}

export function connectEngine({ socketPath }: EngineOptions = {}): Docker {
  return socketPath === undefined ? new Docker() : new Docker({ socketPath })
}

/** What the engine answered, or the reason why there is no sandbox. */
export async function asked<Answer>(what: string, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer
  } catch (cause) {
    throw unavailable(what, cause)
  }
}

export function unavailable(what: string, cause: unknown): WorkbenchError {
  if (cause instanceof WorkbenchError) return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  const isAbsent = /ENOENT|ECONNREFUSED|EACCES/.test(reason)
  const image = /No such image: (\S+)/.exec(reason)?.[1]
  const cure = isAbsent
    ? 'Start Docker, or set sandbox.mode to "off" for this agent to let it work on the host.'
    : image === undefined
      ? 'See sandbox in the config.'
      : `Get the image with \`docker pull ${image}\`, or name another in sandbox.docker.image.`
  return new WorkbenchError(
    'UNAVAILABLE',
    `The sandbox cannot be used: ${what} failed (${reason}). ${cure}`,
    {
      cause,
    },
  )
}

/** The engine's word that something is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 404
}
