import type { Skipped } from './transcript.ts'

/** One thing of theirs, and what became of it. */
export interface Thing {
  readonly kind: 'config' | 'agent' | 'workspace' | 'credentials' | 'session' | 'file'
  /** Whose it is, where it is an agent's. */
  readonly agent?: string
  /** Where it is now, or where it stays. */
  readonly name: string
  /**
   * - `imported` taken over, or would be in a dry run
   * - `present` was there already and is as it was
   * - `left` not taken over; `note` says why
   * - `failed` could not be read or written: worth another run
   */
  readonly outcome: 'imported' | 'present' | 'left' | 'failed'
  /** Files, messages and the like. */
  readonly counts?: { readonly [what: string]: number }
  /** One clause for a person. */
  readonly note?: string
}

/** What is told while things are taken over. */
export interface Tell {
  thing(thing: Thing): void
  skipped(skipped: Skipped): void
}

export function lineOf(thing: Thing, isDryRun: boolean): string {
  const { kind, agent, name, outcome, counts = {}, note } = thing
  const numbers = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => counted(count, what))
  const about = [...numbers, ...(note === undefined ? [] : [note])].join(', ')
  const verb = outcome === 'imported' && isDryRun ? 'would import' : outcome
  const owner = agent === undefined ? '' : ` of ${agent}`
  return `${verb.padEnd(isDryRun ? 12 : 8)}  ${kind}${owner}  ${name}${about === '' ? '' : `: ${about}`}`
}

/** Why the system would not do something. */
export function faultText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** `1 message`, `2 messages`: what is counted is given in the plural. */
export function counted(count: number, what: string): string {
  return `${count} ${count === 1 ? what.replace(/^(\w+)s\b/, '$1') : what}`
}
