import { Worker } from 'node:worker_threads'
import { ToolError } from '../errors.ts'

const MEMORY_LIMIT_MB = 256

/**
 * A page as Markdown. Done beside the gateway's own thread: no page, however it is made, keeps other agents waiting. Throws
 * `ToolError` where it takes too long or too much.
 */
export async function htmlToText(
  tool: string,
  html: string,
  url: string,
  { signal, timeLimitMs = 10_000 }: { readonly signal: AbortSignal; readonly timeLimitMs?: number },
): Promise<string> {
  signal.throwIfAborted()
  const worker = new Worker(module, {
    workerData: { html, url },
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT_MB },
  })
  const tooLong = AbortSignal.timeout(timeLimitMs)
  try {
    return await new Promise<string>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => reject(new Error('the conversion ended without a result')))
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      tooLong.addEventListener('abort', () =>
        reject(new Error(`not done within ${timeLimitMs} ms; it is made in an odd way`)),
      )
    })
  } catch (error) {
    signal.throwIfAborted()
    const reason = error instanceof Error ? error.message : String(error)
    throw new ToolError(tool, 'REFUSED', `${url} cannot be turned into text: ${reason}`, {
      cause: error,
    })
  } finally {
    await worker.terminate()
  }
}

const module = new URL(
  import.meta.url.endsWith('.ts') ? '../html-worker.ts' : './html-worker.js',
  import.meta.url,
)
