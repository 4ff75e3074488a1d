import type { Workbench } from '@junctor/agent'
import { ToolError } from '../errors.ts'

export const MAX_FILE_BYTES = 10 * 1024 * 1024

/** The text of a file. Throws `BINARY` for anything but UTF-8. */
export async function readText(
  tool: string,
  workbench: Workbench,
  path: string,
  { maxBytes, signal }: { readonly maxBytes: number; readonly signal: AbortSignal },
): Promise<string> {
  const bytes = await workbench.readFile(path, { maxBytes, signal })
  const binary = (cause?: unknown): ToolError =>
    new ToolError(tool, 'BINARY', `"${path}" is not a text file in UTF-8 (${bytes.length} bytes)`, {
      cause,
    })
  if (bytes.includes(0)) throw binary()
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw binary(error)
  }
}

export function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
