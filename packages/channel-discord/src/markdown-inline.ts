/** Escapes, code and addresses: nothing in them is markup. */
const untouched = /\\[!-/:-@[-`{-~]|(`+)(?!`)(?:[\s\S]*?[^`])?\1(?!`)|https?:\/\/[^\s<>()]+/g
/** Stands for what is untouched: characters for private use, which no text needs. */
const hidden = /\uE000(\d+)\uE001/g

/** Emphasis, links and images inside one block. */
export function inlineToDiscord(source: string): string {
  if (!/[_|!]/.test(source) || source.includes('\uE000')) return source
  const kept: string[] = []
  const text = source.replaceAll(untouched, (part) => `\uE000${kept.push(part) - 1}\uE001`)
  return (
    text
      // Images do not show: a link to them does.
      .replaceAll(/!\[([^\]\n]*)\]\(<?(\S+?)>?(?:[ \t]+"[^"\n]*")?\)/g, toLink)
      .replaceAll(/\[\[([^\]\n]*)\]\(\S+?\)\](?=\()/g, '[$1]')
      // Two underscores underline at Discord.
      .replaceAll(/(?<![\w_])__(?=[^\s_])([\s\S]*?[^\s_])__(?![\w_])/g, '**$1**')
      // Two bars hide what is between them.
      .replaceAll('||', String.raw`\|\|`)
      .replaceAll(hidden, (_all, index: string) => kept[Number(index)] ?? '')
  )
}

function toLink(_image: string, label: string, address: string): string {
  return label.trim() === '' ? address : `[${label}](${address})`
}
