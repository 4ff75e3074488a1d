import { looksLikeToken } from './looks-like-token.ts'
import type { Location } from './sources.ts'

const widest = 100
/** Keys whose values are names, places and choices. The values of all others are covered. */
const plainKeys: ReadonlySet<string> = new Set(
  (
    'id agentId name channel accountId kind guildId teamId provider model primary workspace agentDir host dmScope mainKey ' +
    'profile package comment emoji theme dmPolicy groupPolicy strategy unknown durability omittedAccount api $include $file'
  ).split(' '),
)
const secretKey = /token|secret|key|password|passphrase|credential|auth/i
/** What may stand without quotes and is no secret by itself. */
const plainWord = /^(?:true|false|null|[+-]?(?:Infinity|NaN|0x[\da-f]+|[\d.]+(?:e[+-]?\d+)?))$/i
const bareValue = /(:\s*|[[,]\s*)((?!\/[/*])[^\s"'{}[\],•][^,}\]]*?)(?=\s*[,}\]]|\s+\/\/|\s*$)/g
const literal = /"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?/g
const bareSecret =
  /((?:token|secret|key|password|passphrase|credential)\w*["']?\s*:\s*)([^\s"'{}[\],][^\s,}\]]*)/gi

/**
 * The line of a place and, below it, a caret. What may be a secret is covered: every value but those of keys that hold none,
 * and the one at the caret unless `hides`.
 */
export function excerptOf({ lineText, column }: Location, hides: boolean): string | undefined {
  const caret = column - 1
  const safe = cover(lineText, hides ? -1 : caret).replaceAll('\t', ' ')
  if (safe.trim() === '') return undefined
  const indent = safe.length - safe.trimStart().length
  const from = caret - indent < widest ? Math.min(indent, caret) : caret - widest / 2
  const cut = safe.slice(from, from + widest).trimEnd()
  const before = from > indent ? '…' : ''
  const after = from + widest < safe.trimEnd().length ? '…' : ''
  return `${before}${cut}${after}\n${' '.repeat(before.length + caret - from)}^`
}

function cover(line: string, shownAt: number): string {
  const covered = line.replaceAll(literal, (written, at: number) => {
    if (/^\s*:/.test(line.slice(at + written.length))) return written
    const key = /([\w$-]+)["']?\s*:[^:]*$/.exec(line.slice(0, at))?.[1] ?? ''
    const content = written.slice(1, -1)
    if (/^\$\{\w+\}$/.test(content)) return written
    const isPlain = plainKeys.has(key) || (at === shownAt && !secretKey.test(key))
    return isPlain && !looksLikeToken(content) ? written : dots(written)
  })
  return covered
    .replaceAll(bareSecret, (_, key: string, value: string) => key + dots(value))
    .replaceAll(bareValue, (found, before: string, value: string) => {
      const isKey = !before.startsWith(':') && /^[\w$-]+\s*:/.test(value)
      return isKey || plainWord.test(value) ? found : before + dots(value)
    })
}

/** As long as what it covers, so that the caret stays in its place. */
function dots(text: string): string {
  return '•'.repeat(text.length)
}
