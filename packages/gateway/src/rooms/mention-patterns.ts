import { compileTextPattern } from '@junctor/router'
import { GatewayError } from '../errors.ts'

/** Answers the pattern that a text has in it, if it has one. */
export type FindMention = (text: string) => string | undefined

/** An agent that people may call. */
export interface Called {
  readonly id: string
  readonly name: string
  readonly identity: { readonly name?: string; readonly emoji?: string }
  /** Absent: derived from the identity. */
  readonly mentionPatterns?: readonly string[]
}

interface Pattern {
  readonly written: string
  readonly isIn: (text: string) => boolean
}

/** Zero-width characters, marks of direction, soft hyphens, variation selectors: nobody sees them. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu
const SYNTAX = /[\\^$.|?*+()[\]{}]/
const WORD = String.raw`[\p{L}\p{N}_]`

/** Throws `INVALID_PATTERN` for one that cannot be read. */
export function compileMentions(agent: Called): FindMention {
  const patterns =
    agent.mentionPatterns?.map((written) => compile(agent.id, written)) ?? derivedFrom(agent)
  return (text) => {
    const seen = visible(text)
    return patterns.find(({ isIn }) => isIn(seen))?.written
  }
}

function compile(agentId: string, written: string): Pattern {
  if (!SYNTAX.test(written)) return plain(written)
  try {
    return { written, isIn: compileTextPattern(visible(written)) }
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause)
    throw new GatewayError(
      'INVALID_PATTERN',
      `The mention pattern ${JSON.stringify(written)} of agent "${agentId}" cannot be used: ${problem}. Change it in groupChat.mentionPatterns, or write the text as people do.`,
      { cause },
    )
  }
}

/** Whole words, in any case, any white space between them: `@family` is not in `@familybot` nor in `me@family.example`. */
function plain(written: string): Pattern {
  const text = visible(written).trim()
  const words = text
    .split(/\s+/)
    .map((word) => word.replaceAll(/[\\^$.|?*+()[\]{}/]/g, String.raw`\$&`))
  const start = /^[\p{L}\p{N}_@]/u.test(text) ? `(?<!${WORD})` : ''
  const end = /[\p{L}\p{N}_]$/u.test(text) ? `(?!${WORD})` : ''
  const matcher = new RegExp(`${start}${words.join(String.raw`\s+`)}${end}`, 'iu')
  return { written, isIn: (seen) => matcher.test(seen) }
}

/** An agent whose identity has a name is called by it, with or without "@"; by the name of its entry only with "@". */
function derivedFrom({ id, name, identity }: Called): readonly Pattern[] {
  const names = [identity.name, identity.emoji].filter((text) => text !== undefined)
  return [...names, `@${name}`, `@${id}`].map(plain)
}

function visible(text: string): string {
  return text.replaceAll(INVISIBLE, '').normalize('NFC')
}
