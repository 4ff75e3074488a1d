/** What a run of delimiters may do, decided by its neighbours. */
export interface EmphasisRun {
  readonly char: string
  readonly canOpen: boolean
  readonly canClose: boolean
}

export interface EmphasisSpan {
  readonly type: 'bold' | 'italic' | 'strikethrough'
  /** Index of the piece after which it begins. */
  readonly opener: number
  /** Index of the piece before which it ends. */
  readonly closer: number
}

interface Delimited {
  text: string
  readonly run?: EmphasisRun
}

interface Open {
  readonly index: number
  readonly run: EmphasisRun
  readonly fullLength: number
}

/** Pairs the runs, inner ones first, and takes the used characters out of the pieces. */
export function matchEmphasis(pieces: readonly Delimited[]): readonly EmphasisSpan[] {
  const spans: EmphasisSpan[] = []
  const open: Open[] = []
  for (const [index, piece] of pieces.entries()) {
    const { run } = piece
    if (!run) continue
    const fullLength = piece.text.length
    if (run.canClose) close(pieces, { index, run, fullLength }, open, spans)
    if (run.canOpen && piece.text !== '') open.push({ index, run, fullLength })
  }
  return spans
}

function close(
  pieces: readonly Delimited[],
  closer: Open,
  open: Open[],
  spans: EmphasisSpan[],
): void {
  const piece = pieces[closer.index]
  while (piece && piece.text !== '') {
    const position = open.findLastIndex((opener) => fits(opener, closer))
    const opener = open[position]
    const openerPiece = opener && pieces[opener.index]
    if (!opener || !openerPiece) return
    const used = Math.min(2, openerPiece.text.length, piece.text.length)
    const type = typeOf(closer.run.char, used)
    // A single tilde means "about", not strikethrough.
    if (!type) return
    open.length = position + 1
    openerPiece.text = openerPiece.text.slice(used)
    piece.text = piece.text.slice(used)
    spans.push({ type, opener: opener.index, closer: closer.index })
    if (openerPiece.text === '') open.pop()
  }
}

/** Same character, and not the lengths that https://spec.commonmark.org/0.31.2/#emphasis-and-strong-emphasis rules out (9, 10). */
function fits(opener: Open, closer: Open): boolean {
  if (opener.run.char !== closer.run.char) return false
  if (!opener.run.canClose && !closer.run.canOpen) return true
  return (
    (opener.fullLength + closer.fullLength) % 3 !== 0 ||
    (opener.fullLength % 3 === 0 && closer.fullLength % 3 === 0)
  )
}

function typeOf(char: string, used: number): EmphasisSpan['type'] | undefined {
  if (char === '~') return used === 2 ? 'strikethrough' : undefined
  return used === 2 ? 'bold' : 'italic'
}
