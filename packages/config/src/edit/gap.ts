const gap = /(?:[\s\u00A0\uFEFF]|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)*/y

/** The offset of the first character behind white space and comments. */
export function gapEnd(text: string, from: number): number {
  gap.lastIndex = from
  gap.exec(text)
  return gap.lastIndex
}
