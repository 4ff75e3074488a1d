import { posix } from 'node:path'
import { WorkbenchError, type FileOptions, type Workbench } from '@junctor/agent'
import type { Container } from 'dockerode'
import type Docker from 'dockerode'
import { outputOf } from './container-exec.ts'
import { insideFolder } from './plan.ts'

type Files = Pick<Workbench, 'readFile' | 'writeFile' | 'removeFile'>

/** Exit codes of the scripts below. */
const codes = { missing: 44, noFile: 45, tooLarge: 46 } as const

const readScript = `[ -e "$1" ] || [ -L "$1" ] || exit ${codes.missing}; [ -f "$1" ] || exit ${codes.noFile}
  [ "$(wc -c < "$1")" -le "$2" ] || exit ${codes.tooLarge}; exec head -c "$2" "$1"`
const writeScript = `[ ! -e "$1" ] || [ -f "$1" ] || exit ${codes.noFile}; mkdir -p "$2" || exit 1
  mode=$(stat -c %a "$1" 2>/dev/null || echo 644); cat > "$3" && chmod "$mode" "$3" && mv -f "$3" "$1" || { rm -f "$3"; exit 1; }`
const removeScript = `[ -e "$1" ] || [ -L "$1" ] || exit ${codes.missing}; [ ! -d "$1" ] || exit ${codes.noFile}; rm -f "$1"`

/** Files of a container, by commands inside it: a read-only root takes no archives, and nothing leads out of it. */
export function createContainerFiles(docker: Docker, container: Container): Files {
  const run = async (
    script: string,
    path: string,
    args: readonly string[],
    { signal, input }: FileOptions & { readonly input?: Uint8Array },
  ): Promise<Uint8Array> => {
    if (path.includes('\0'))
      throw new WorkbenchError('NOT_FOUND', `${JSON.stringify(path)} cannot be a path`)
    const { exitCode, output } = await outputOf(
      docker,
      container,
      ['/bin/sh', '-c', script, 'sh', inside(path), ...args],
      { signal, ...(input === undefined ? {} : { input }) },
    )
    signal.throwIfAborted()
    if (exitCode !== 0) throw refusal(path, exitCode, output.toString())
    return new Uint8Array(output)
  }

  return {
    readFile: (path, { maxBytes, signal }) => run(readScript, path, [String(maxBytes)], { signal }),
    async writeFile(path, content, { signal }) {
      const target = inside(path)
      const draft = posix.join(posix.dirname(target), `.${crypto.randomUUID()}`)
      await run(writeScript, path, [posix.dirname(target), draft], { signal, input: content })
    },
    async removeFile(path, { signal }) {
      await run(removeScript, path, [], { signal })
    },
  }
}

/** Absolute, so that no path can pass for an option. */
function inside(path: string): string {
  return posix.resolve(insideFolder, path)
}

function refusal(path: string, exitCode: number | null, said: string): WorkbenchError {
  const named = JSON.stringify(path)
  switch (exitCode) {
    case codes.missing:
      return new WorkbenchError('NOT_FOUND', `There is no file ${named} in the sandbox`)
    case codes.noFile:
      return new WorkbenchError('NOT_A_FILE', `${named} is not a regular file`)
    case codes.tooLarge:
      return new WorkbenchError('TOO_LARGE', `${named} is larger than what can be read`)
    default:
      return new WorkbenchError('REFUSED', `${named} cannot be used in the sandbox: ${said.trim()}`)
  }
}
