import type { LoadedConfig } from '../load-config.ts'
import type { CliContext } from '../context.ts'
import { formatProblem, type Problem, type ProblemPlace } from '@junctor/config'

/** Stable, for programs; the documentation says what each one is about. Those of the config file come as they are. */
export type FindingCode =
  | Problem['code']
  | 'CHANNEL_PACKAGE'
  | 'CONFIG'
  | 'CREDENTIAL'
  | 'DIRECTORY'
  | 'DISK_SPACE'
  | 'DOCKER'
  | 'MODEL'
  | 'NODE_VERSION'
  | 'PERMISSIONS'
  | 'PORT'
  | 'SET_ASIDE'
  | 'STORE'

/** What `doctor` says of one thing. A problem of the config file with a subject, or the same of the world around it. */
export interface Finding extends Partial<ProblemPlace> {
  readonly severity: 'ok' | Problem['severity']
  readonly code: FindingCode
  /** What it is about: `state directory`, `account telegram/shop`. */
  readonly subject: string
  /** A sentence; never holds a secret. */
  readonly message: string
  /** What to do about it. */
  readonly hint?: string
}

/** A config that is in order, and the machine that it is for. */
export interface World extends LoadedConfig, Pick<CliContext, 'env'> {}

/** Looks at one kind of thing. */
export type Check = (world: World) => Promise<readonly Finding[]> | readonly Finding[]

/** The finding at the place of the config that it is about, where the file says anything there. */
export function placed(
  finding: Finding,
  { reading }: Pick<World, 'reading'>,
  path: readonly (string | number)[],
): Finding {
  return { ...finding, ...reading.placeOf(path) }
}

const signs = { ok: '✓', warning: '!', error: '✗' } as const

/** For people: what is wrong with its place and the line of the file there. */
export function describeFinding(finding: Finding): string {
  const { severity, code, subject, message, hint, path = '', line, column, excerpt } = finding
  const text = `${signs[severity]} ${subject}: `
  if (severity === 'ok') return text + message
  const rule = `  [${code}]`
  if (line === undefined || column === undefined)
    return `${text}${message}${hint === undefined ? '' : `; ${hint}`}${rule}`
  const place = formatProblem({
    ...(finding.file === undefined ? {} : { file: finding.file }),
    ...(hint === undefined ? {} : { hint }),
    severity,
    code: 'INVALID_VALUE',
    message,
    path,
    line,
    column,
  })
  const lines = excerpt?.split('\n') ?? []
  return [`${text}${place}${rule}`, ...lines.map((each) => `      ${each}`)].join('\n')
}
