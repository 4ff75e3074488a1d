import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Something said, as a transcript of the Clawdbot family has it. */
export interface Said {
  readonly role: 'user' | 'assistant'
  readonly text: string
}

/** Files by their path below a folder; objects are written as JSON. */
export async function writeTree(
  folder: string,
  files: Readonly<Record<string, string | object>>,
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  }
}

/** A transcript in the newer format: a tree of records by name. */
export function transcript(id: string, said: readonly Said[]): string {
  const start = Date.parse('2026-02-03T08:00:00Z')
  const at = (step: number): string => new Date(start + step * 60_000).toISOString()
  const records = [
    { type: 'session', version: 3, id, timestamp: at(0), cwd: '/somewhere' },
    ...said.map(({ role, text }, index) => ({
      type: 'message',
      id: `r${index}`,
      parentId: index === 0 ? null : `r${index - 1}`,
      timestamp: at(index + 1),
      message: {
        role,
        content: [{ type: 'text', text }],
        ...(role === 'assistant' ? { provider: 'anthropic', model: 'claude-old' } : {}),
        timestamp: start + (index + 1) * 60_000,
      },
    })),
  ]
  return records.map((record) => `${JSON.stringify(record)}\n`).join('')
}

/** A transcript in the oldest format: one record after the other. */
export function oldTranscript(id: string, said: readonly Said[]): string {
  const timestamp = '2025-01-02T08:00:00Z'
  const records = [
    { type: 'session', id, timestamp },
    ...said.map(({ role, text }) => ({
      type: 'message',
      timestamp,
      message: { role, content: text },
    })),
  ]
  return records.map((record) => `${JSON.stringify(record)}\n`).join('')
}
