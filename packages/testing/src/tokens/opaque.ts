import { randomBytes } from 'node:crypto'

/** How a minted opaque token differs from a good one. */
export interface MintOpaqueOptions {
  /** The token itself, such as one with bytes that a form has to encode. Default: 32 random bytes, base64url. */
  readonly token?: string
  /** Whether introspection goes on to say that it is active when `exp` has passed. Default: false. */
  readonly staysActive?: boolean
}

/** 256 bits, where RFC 6749, section 10.10, asks for 128 at least. */
export function createOpaqueToken(): string {
  return randomBytes(32).toString('base64url')
}
