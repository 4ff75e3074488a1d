/** At most `maxLength` UTF-16 units from the beginning, never half of a surrogate pair. */
export function cutText(text: string, maxLength: number): string {
  const lastUnit = text.charCodeAt(maxLength - 1)
  const splitsPair = text.length > maxLength && lastUnit >= 0xd800 && lastUnit <= 0xdbff
  return text.slice(0, splitsPair ? maxLength - 1 : maxLength)
}
