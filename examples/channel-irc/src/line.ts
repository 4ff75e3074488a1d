/** One line of the protocol: https://modern.ircdocs.horse/#message-format */
export interface Line {
  readonly tags: ReadonlyMap<string, string>
  /** Nick of the sender, or the server's name. */
  readonly source: string
  /** Upper case, or three digits. */
  readonly command: string
  readonly params: readonly string[]
}

const shape = /^(?:@([^ ]+) +)?(?::([^ !]+)[^ ]* +)?([^ ]+)(.*)$/s

export function parseLine(text: string): Line | undefined {
  const [, tags = '', source = '', command, rest = ''] = shape.exec(text) ?? []
  if (command === undefined) return undefined
  return { tags: parseTags(tags), source, command: command.toUpperCase(), params: paramsOf(rest) }
}

function paramsOf(rest: string): readonly string[] {
  const start = rest.indexOf(' :')
  const middle = start === -1 ? rest : rest.slice(0, start)
  const words = middle.split(' ').filter((word) => word !== '')
  return start === -1 ? words : [...words, rest.slice(start + 2)]
}

function parseTags(text: string): ReadonlyMap<string, string> {
  const tags = text.split(';').filter((tag) => tag !== '')
  return new Map(
    tags.map((tag) => {
      const [key = '', ...value] = tag.split('=')
      return [key, unescapeTag(value.join('='))] as const
    }),
  )
}

const escapes: readonly (readonly [raw: string, escaped: string])[] = [
  ['\\', '\\\\'],
  [';', '\\:'],
  [' ', '\\s'],
  ['\r', '\\r'],
  ['\n', '\\n'],
]

export function escapeTag(value: string): string {
  return [...value].map((letter) => escapes.find(([raw]) => raw === letter)?.[1] ?? letter).join('')
}

function unescapeTag(value: string): string {
  return value.replaceAll(/\\(.?)/gs, (whole, letter: string) => {
    return escapes.find(([, escaped]) => escaped === whole)?.[0] ?? letter
  })
}
