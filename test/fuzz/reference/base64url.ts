/** RFC 4648, section 5. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/**
 * Decodes base64url, bit by bit.
 *
 * Strict on purpose: `no padding` (RFC 7515, section 2), `no other character` (RFC 4648, section 3.3), `spare bits are zero`
 * (RFC 4648, section 3.5).
 */
export function referenceBase64url(text: string): Uint8Array | undefined {
  let bits = ''
  for (let index = 0; index < text.length; index += 1) {
    const value = ALPHABET.indexOf(text.charAt(index))
    if (value === -1) return undefined
    bits += value.toString(2).padStart(6, '0')
  }
  const spare = bits.length % 8
  if (spare === 6 || bits.slice(bits.length - spare).includes('1')) return undefined
  const bytes: number[] = []
  for (let index = 0; index + 8 <= bits.length; index += 8)
    bytes.push(parseInt(bits.slice(index, index + 8), 2))
  return Uint8Array.from(bytes)
}

/**
 * Decodes base64 (RFC 4648, section 4), bit by bit. Strict on purpose: `padded`, and as {@link referenceBase64url}.
 */
export function referenceBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || /[-_]/.test(text)) return undefined
  return referenceBase64url(
    text
      .replace(/={1,2}$/, '')
      .replaceAll('+', '-')
      .replaceAll('/', '_'),
  )
}
