import type { GroupChatConfig } from '../config.ts'
import { defaultGroupChat } from '../defaults/default-values.ts'
import { list } from './collections.ts'
import { object } from './object.ts'
import { described, type Reader } from './reader.ts'
import { refine, text, wholeNumber } from './scalars.ts'

export const historyLimit = wholeNumber(0, 500)

/** Without one of these characters a pattern is plain text. */
const mentionPattern = refine(text(), (written) =>
  !/[\\^$.|?*+()[\]{}]/.test(written) || isExpression(written)
    ? { value: written }
    : {
        message: `${JSON.stringify(written.slice(0, 80))} is not a regular expression`,
        hint: 'write the text as people do, such as "@Family Bot", or put "\\\\" before a character that is meant as it stands',
      },
)

function isExpression(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'iu') instanceof RegExp
  } catch {
    return false
  }
}

export const groupChat: Reader<Partial<GroupChatConfig>> = object(
  {},
  {
    mentionPatterns: described(
      list(mentionPattern),
      'Texts that call the agent, in any case, or regular expressions. Absent: its name and emoji.',
    ),
    historyLimit: described(
      historyLimit,
      'Unanswered messages of a room that the agent is told of when it is next asked.',
      defaultGroupChat.historyLimit,
    ),
  },
)
