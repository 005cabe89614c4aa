/**
 * Lower case of the letters A to Z, and of no others: names in protocols are ASCII, and U+212A is no `k` (RFC 9110, section
 * 5.6.2).
 */
export function toLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
