import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'junctor-skills-'))
}

/** Writes `<root>/<path>` for each entry. */
export async function writeFiles(
  root: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
}

/** A SKILL.md with these lines in its front matter. */
export function skillText(name: string, ...lines: readonly string[]): string {
  return [
    '---',
    `name: ${name}`,
    `description: What ${name} is for`,
    ...lines,
    '---',
    '',
    `Do ${name}.`,
  ].join('\n')
}
