/**
 * Decodes base64url that is spelt in the one canonical way: no padding, no white space, no other alphabet, no spare
 * bits. Returns `undefined` for everything else.
 *
 * One spelling for each value keeps caches and replay stores from seeing two tokens where there is one.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7515#section-2 RFC 7515, section 2} and RFC 4648, section 3.5
 */
export function decodeBase64url(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined // lenient one way, canonical the other
}
