import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

/** Keeps text from who has no secret, and notices what such a one wrote. */
export interface Encryption {
  /** @param place Where the text stands: at any other it cannot be decrypted. */
  encrypt(text: string, place: string): string
  /** @returns `undefined` for what nobody with one of the secrets has encrypted for this place */
  decrypt(encrypted: string, place: string): string | undefined
}

const CIPHER = 'aes-256-gcm'
const SIZES = { key: 32, salt: 32, iv: 12, tag: 16 } as const

/**
 * Makes AES-256-GCM, with a key of its own for each text, so that no initialization vector comes twice under one, however
 * many there are (NIST SP 800-38D, section 8.3).
 *
 * @param secrets The first encrypts, all of them decrypt.
 */
export function createEncryption([secret = '', ...others]: readonly string[]): Encryption {
  const all = [secret, ...others]
  return {
    encrypt(text, place) {
      const salt = randomBytes(SIZES.salt)
      const { key, iv } = toKey(secret, salt)
      const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(place))
      const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([salt, encrypted, cipher.getAuthTag()]).toString('base64')
    },
    decrypt(encrypted, place) {
      const bytes = Buffer.from(encrypted, 'base64')
      if (bytes.length < SIZES.salt + SIZES.tag) return undefined
      for (const each of all) {
        const text = decryptWith(each, bytes, place)
        if (text !== undefined) return text
      }
      return undefined
    },
  }
}

function decryptWith(secret: string, bytes: Buffer, place: string): string | undefined {
  const { key, iv } = toKey(secret, bytes.subarray(0, SIZES.salt))
  const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: SIZES.tag }).setAAD(Buffer.from(place))
  decipher.setAuthTag(bytes.subarray(-SIZES.tag))
  try {
    const text = Buffer.concat([decipher.update(bytes.subarray(SIZES.salt, -SIZES.tag)), decipher.final()])
    return text.toString('utf8')
  } catch {
    return undefined // not of this secret, or not for this place
  }
}

/** RFC 5869. */
function toKey(secret: string, salt: Uint8Array): { readonly key: Uint8Array; readonly iv: Uint8Array } {
  const bytes = new Uint8Array(hkdfSync('sha256', secret, salt, 'bearward redis', SIZES.key + SIZES.iv))
  return { key: bytes.subarray(0, SIZES.key), iv: bytes.subarray(SIZES.key) }
}
