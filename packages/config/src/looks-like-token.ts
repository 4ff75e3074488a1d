/** Long, without blanks, of letters and digits; or an address with a password in it. */
export function looksLikeToken(text: string): boolean {
  if (/:\/\/[^/\s]*@/.test(text)) return true
  return text.length >= 16 && /\d/.test(text) && /[A-Za-z]/.test(text) && !/[\s@/\\.]/.test(text)
}
