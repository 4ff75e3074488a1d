/** A place between characters. */
export type Place = 'start' | 'end' | 'word-boundary' | 'no-word-boundary'

export type PatternNode =
  | {
      readonly type: 'one'
      readonly fits: (character: string) => boolean
      /** The lower-case letter, where it is one of ASCII: its case does not depend on the letters around it. */
      readonly literal?: string
    }
  | { readonly type: 'place'; readonly place: Place }
  | { readonly type: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly type: 'choice'; readonly options: readonly PatternNode[] }
  | {
      readonly type: 'repeat'
      readonly part: PatternNode
      readonly least: number
      readonly most: number
    }

const longestPattern = 500

/**
 * Regular expressions as JavaScript writes them, with what can be matched in one pass: characters, classes, groups, `|`, `?`,
 * `*`, `+`, `{n,m}`, `^`, `$` and `\b`. No look-around and no back-references. Case makes no difference.
 *
 * @throws SyntaxError
 */
export function parsePattern(pattern: string): PatternNode {
  if (pattern.length > longestPattern)
    throw new SyntaxError(`it is longer than ${longestPattern} characters`)
  const characters = [...pattern]
  let position = 0

  const choice = (): PatternNode => {
    const options = [sequence()]
    while (characters[position] === '|') {
      position += 1
      options.push(sequence())
    }
    const [only] = options
    return only !== undefined && options.length === 1 ? only : { type: 'choice', options }
  }

  const sequence = (): PatternNode => {
    const parts: PatternNode[] = []
    while (position < characters.length && characters[position] !== '|') {
      if (characters[position] === ')') break
      parts.push(repeated(piece()))
    }
    return { type: 'sequence', parts }
  }

  const repeated = (part: PatternNode): PatternNode => {
    const range = quantifier()
    if (range === undefined) return part
    if (part.type === 'place') throw new SyntaxError('a place such as ^ or \\b cannot be repeated')
    // Lazy or not, the same texts fit.
    if (characters[position] === '?') position += 1
    if (quantifier() !== undefined) throw new SyntaxError('two repetitions follow each other')
    return { type: 'repeat', part, ...range }
  }

  const quantifier = (): { readonly least: number; readonly most: number } | undefined => {
    const sign = characters[position]
    if (sign === '{') return counted()
    if (sign !== '*' && sign !== '+' && sign !== '?') return undefined
    position += 1
    return { least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Number.POSITIVE_INFINITY }
  }

  const counted = (): { readonly least: number; readonly most: number } => {
    const rest = characters.slice(position).join('')
    const [whole, from = '', comma, to] = /^\{(\d{1,3})(,)?(\d{1,3})?\}/.exec(rest) ?? []
    if (whole === undefined) throw new SyntaxError('"{" begins a repetition such as {2,5}')
    position += whole.length
    const least = Number(from)
    const most = to !== undefined ? Number(to) : comma === ',' ? Number.POSITIVE_INFINITY : least
    if (most < least) throw new SyntaxError(`${whole} ends before it begins`)
    return { least, most }
  }

  const piece = (): PatternNode => {
    const character = characters[position] ?? ''
    position += 1
    switch (character) {
      case '(':
        return group()
      case '[':
        return oneOf(characterClass())
      case '.':
        return oneOf('.')
      case '^':
        return { type: 'place', place: 'start' }
      case '$':
        return { type: 'place', place: 'end' }
      case '\\':
        return escaped()
      case '*':
      case '+':
      case '?':
      case '{':
        throw new SyntaxError(`nothing stands before ${JSON.stringify(character)}`)
      default:
        return literal(character)
    }
  }

  const group = (): PatternNode => {
    if (characters[position] === '?') {
      if (characters[position + 1] !== ':')
        throw new SyntaxError('look-around and named groups are not supported; write (…) or (?:…)')
      position += 2
    }
    const inside = choice()
    if (characters[position] !== ')') throw new SyntaxError('a ")" is missing')
    position += 1
    return inside
  }

  const characterClass = (): string => {
    const start = position - 1
    while (position < characters.length && characters[position] !== ']')
      position += characters[position] === '\\' ? 2 : 1
    if (position >= characters.length) throw new SyntaxError('a "]" is missing')
    position += 1
    return characters.slice(start, position).join('')
  }

  const escaped = (): PatternNode => {
    const character = characters[position] ?? ''
    position += 1
    if (character === 'b') return { type: 'place', place: 'word-boundary' }
    if (character === 'B') return { type: 'place', place: 'no-word-boundary' }
    if (/[1-9k]/.test(character)) throw new SyntaxError('back-references are not supported')
    if (character !== 'p' && character !== 'P') return oneOf(`\\${character}`)
    const start = position
    while (position < characters.length && characters[position] !== '}') position += 1
    position += 1
    return oneOf(`\\${character}${characters.slice(start, position).join('')}`)
  }

  const node = choice()
  if (position < characters.length) throw new SyntaxError('a ")" has no "("')
  return node
}

function literal(character: string): PatternNode {
  const folded = character.toLowerCase()
  const fits = (other: string): boolean => other === character || other.toLowerCase() === folded
  return folded < '\u0080' ? { type: 'one', fits, literal: folded } : { type: 'one', fits }
}

/** The language's own matcher judges a single character: that takes no time to speak of. */
function oneOf(source: string): PatternNode {
  const matcher = new RegExp(`^${source}$`, 'iu')
  return { type: 'one', fits: (character) => matcher.test(character) }
}
