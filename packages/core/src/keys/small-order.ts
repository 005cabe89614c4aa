const SIGN_BIT = 0x7f

/** Encodings of the points of small order, little-endian, without the sign bit; the last two are not canonical. */
const SMALL_ORDER = new Set([
  `00${'00'.repeat(31)}`,
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
])

/**
 * Whether an Ed25519 public key is a point of small order: signatures that it verifies can be made without a private key.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8032#section-5.1.3 RFC 8032, section 5.1.3} (encoding)
 */
export function hasSmallOrder(publicKey: Uint8Array): boolean {
  const bytes = publicKey.map((byte, index) => (index === 31 ? byte & SIGN_BIT : byte))
  return SMALL_ORDER.has(Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''))
}
