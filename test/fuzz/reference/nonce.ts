import { createCipheriv, hkdfSync } from 'node:crypto'

/** A nonce of a resource server that has a secret. */
export interface MadeNonce {
  readonly text: string
  readonly secret: string
  /** When it was made, in seconds since the epoch. */
  readonly time: number
}

/**
 * Makes a nonce as a resource server does: its time, as a double, under AES-256-GCM, with a key by HKDF (RFC 5869) of the
 * secret. The same in every run.
 *
 * @param iv 12 bytes.
 */
export function referenceNonce(secret: string, time: number, iv: Uint8Array): MadeNonce {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'bearward DPoP nonce', 32))
  const content = Buffer.alloc(8)
  content.writeDoubleBE(time)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const bytes = Buffer.concat([iv, cipher.update(content), cipher.final(), cipher.getAuthTag()])
  return { text: bytes.toString('base64url'), secret, time }
}
