const codeOrEscape =
  /```(?:[\w+.#-]*\n)?([\s\S]*?)```|(`+)([^`](?:[\s\S]*?[^`])?)\2(?!`)|\\([!-/:-@[-`{-~])/g

/** What people read of a content: https://support.discord.com/hc/en-us/articles/210298617 */
export function visibleText(content: string): string {
  // What must not be read as markup stands in the private use area until the end.
  const kept: string[] = []
  const keep = (text: string): string => {
    kept.push(text)
    return `\uE000${kept.length - 1}\uE001`
  }
  const hidden = content.replaceAll(
    codeOrEscape,
    (_all, block?: string, _ticks?: string, code?: string, escaped?: string) =>
      keep(block ?? code ?? escaped ?? ''),
  )
  return withoutMarks(hidden).replaceAll(
    /\uE000(\d+)\uE001/g,
    (_all, index: string) => kept[Number(index)] ?? '',
  )
}

function withoutMarks(text: string): string {
  return text
    .replaceAll(/^(?:>>>|>) /gm, '')
    .replaceAll(/^(?:#{1,3}|-#) +(?=\S)/gm, '')
    .replaceAll(/^( *)[-*] +(?=\S)/gm, '$1• ')
    .replaceAll(/\[([^\]\n]+)\]\(<?https?:\/\/[^\s)>]+>?\)/g, '$1')
    .replaceAll(/<(https?:\/\/[^\s>]+)>/g, '$1')
    .replaceAll(/\|\|([\s\S]+?)\|\|/g, '$1')
    .replaceAll(/\*\*([\s\S]+?)\*\*(?!\*)/g, '$1')
    .replaceAll(/__([\s\S]+?)__(?!_)/g, '$1')
    .replaceAll(/~~([\s\S]+?)~~/g, '$1')
    .replaceAll(/\*(?=\S)([^*]+?)\*/g, '$1')
    .replaceAll(/(?<!\w)_([^_]+?)_(?!\w)/g, '$1')
}
