/**
 * Lower case of the letters A to Z, and of no others: names in protocols are ASCII, and U+212A is no `k` (RFC 9110, section
 * 5.6.2).
 */
export function toLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** A copy, of ASCII text alone: a part of a longer text keeps all of that in memory. */
export function copyAscii(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
