import { sign, type KeyObject } from 'node:crypto'

/**
 * Makes a self-signed certificate for a P-256 key: the smallest that X.509 allows, with no names in it.
 *
 * @param privateKey PEM.
 * @param serialNumber At random, at most 20 bytes.
 *
 * @returns DER.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc5280#section-4.1 RFC 5280, section 4.1}
 */
export function selfSign(publicKey: KeyObject, privateKey: string, serialNumber: Uint8Array): Buffer {
  const content = sequence(
    der(0x02, Buffer.from([1]), serialNumber), // a positive integer
    ECDSA_WITH_SHA256,
    sequence(), // issuer
    sequence(der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231235959Z'))),
    sequence(), // subject
    publicKey.export({ format: 'der', type: 'spki' }),
  )
  const signature = sign('sha256', content, privateKey)
  return sequence(content, ECDSA_WITH_SHA256, der(0x03, Buffer.from([0]), signature))
}

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag, ...encodeLength(content.length)]), content])
}

/** In as few bytes as it takes: OpenSSL would write any other form anew, and that has another thumbprint. */
function encodeLength(length: number): readonly number[] {
  if (length < 0x80) return [length]
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
}

function sequence(...members: readonly Uint8Array[]): Buffer {
  return der(0x30, ...members)
}

const ECDSA_WITH_SHA256 = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex')))
