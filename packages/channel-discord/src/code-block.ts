export function codeBlock(code: readonly string[], language = ''): readonly string[] {
  // Three ticks inside would end it; an invisible space between them does not show.
  const inside = code.map((line) => line.replaceAll('```', '``\u200B`'))
  return [`\`\`\`${language}`, ...inside, '```']
}
