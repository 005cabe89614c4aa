import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { decodeBase64url } from '../base64url.js'
import type { Clock, Seconds } from '../time.js'

/** Nonces of a resource server: each says, encrypted, when it was made, so that no process has to remember it. */
export interface Nonces {
  /** A nonce to use from now. */
  issue(): string
  /** When a nonce was made, in seconds since the epoch; `undefined` for one that is not of this resource server. */
  findTime(nonce: string): Seconds | undefined
}

/** Initialization vector, time and tag of AES-GCM, in bytes. */
const SIZES = { iv: 12, time: 8, tag: 16 }
const CIPHER = 'aes-256-gcm'
/** For so long a nonce is given to everybody, in seconds: who asks often costs no encryption. */
const SHARED_FOR: Seconds = 1

/**
 * Makes nonces that cannot be foreseen, read or changed: only who has a secret can make one.
 *
 * @param secrets The first makes nonces, all of them are recognised.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9449#section-8 RFC 9449, sections 8} and 9
 */
export function createNonces(secrets: readonly string[], clock: Clock): Nonces {
  const keys = secrets.map(toKey)
  let latest: { readonly nonce: string; readonly time: Seconds } | undefined

  return {
    issue() {
      const time = clock.now()
      if (latest === undefined || !(time >= latest.time && time < latest.time + SHARED_FOR)) {
        latest = { nonce: encrypt(time, keys), time }
      }
      return latest.nonce
    },
    findTime(nonce) {
      if (nonce === latest?.nonce) return latest.time
      const bytes = decodeBase64url(nonce)
      if (bytes?.length !== SIZES.iv + SIZES.time + SIZES.tag) return undefined
      for (const key of keys) {
        const time = decrypt(bytes, key)
        if (time !== undefined) return time
      }
      return undefined
    },
  }
}

/** A key of its own for each purpose that a secret may have (RFC 5869). */
function toKey(secret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'bearward DPoP nonce', 32))
}

/** 48 characters of base64url, which are all `NQCHAR` (RFC 9449, section 8.1). */
function encrypt(time: Seconds, [key]: readonly Uint8Array[]): string {
  if (key === undefined) throw new TypeError('A nonce needs a secret')
  const iv = randomBytes(SIZES.iv)
  const content = Buffer.alloc(SIZES.time)
  content.writeDoubleBE(time)
  const cipher = createCipheriv(CIPHER, key, iv)
  const encrypted = Buffer.concat([cipher.update(content), cipher.final()])
  return Buffer.concat([iv, encrypted, cipher.getAuthTag()]).toString('base64url')
}

function decrypt(bytes: Uint8Array, key: Uint8Array): Seconds | undefined {
  const end = SIZES.iv + SIZES.time
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, SIZES.iv))
  decipher.setAuthTag(bytes.subarray(end))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(SIZES.iv, end)), decipher.final()]).readDoubleBE()
  } catch {
    return undefined // not of this key
  }
}
