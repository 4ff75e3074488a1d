import type { Workbench } from '@junctor/agent'

/** How long an answer is good for: a person who installs a program need not wait long, and turns need not wait at all. */
const GOOD_FOR_MS = 60_000
const LONGEST_MS = 30_000

interface Answer {
  readonly at: number
  readonly found: Promise<ReadonlySet<string>>
}

export type FindBinaries = (
  /** Whose commands run there, and in what: the answer holds for the same ones. */
  place: readonly unknown[],
  names: readonly string[],
  open: () => Promise<Workbench>,
) => Promise<ReadonlySet<string>>

/** Looks for programs where an agent's commands run: on the host, or in its sandbox. */
export function createBinaryFinder(now: () => number): FindBinaries {
  const answers = new Map<string, Answer>()
  return async (place, names, open) => {
    const key = JSON.stringify([place, names])
    const last = answers.get(key)
    if (last !== undefined && now() - last.at < GOOD_FOR_MS) return last.found
    for (const [other, { at }] of answers) if (now() - at >= GOOD_FOR_MS) answers.delete(other)
    const found = open().then((workbench) => look(workbench, names))
    answers.set(key, { at: now(), found })
    // What went wrong once is tried again by the next turn.
    found.catch(() => answers.delete(key))
    return found
  }
}

async function look(workbench: Workbench, names: readonly string[]): Promise<ReadonlySet<string>> {
  const quoted = names.map((name) => `'${name.replaceAll("'", `'\\''`)}'`).join(' ')
  const script = `for name in ${quoted}; do command -v -- "$name" >/dev/null 2>&1 && printf '%s\\n' "$name"; done; exit 0`
  const command = await workbench.run(script, { signal: AbortSignal.timeout(LONGEST_MS) })
  command.endInput()
  const parts: Uint8Array[] = []
  for await (const part of command.output) parts.push(part)
  await command.exit
  return new Set(Buffer.concat(parts).toString().split('\n').filter(Boolean))
}
