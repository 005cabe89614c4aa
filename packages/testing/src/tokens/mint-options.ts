import type { webcrypto } from 'node:crypto'
import type { Algorithm, HmacAlgorithm } from '../keys/algorithm.js'

/** What signs a token: a key of the server, a key of yours, or a shared secret for key-confusion attacks. */
export type MintKey = 'published' | 'unpublished' | webcrypto.CryptoKey | { readonly secret: Uint8Array }

/** How a minted token differs from a good one. */
export interface MintOptions {
  /**
   * Algorithm to sign with. Default: that of a given `CryptoKey`, `HS256` with a secret, otherwise the first one that
   * the server is configured with.
   */
  readonly algorithm?: Algorithm | HmacAlgorithm
  /**
   * Header parameters to add or to replace; one that is `undefined` is left out. A string is the whole header instead,
   * as JSON text. The token is really signed under the header that results, whatever its `alg` says.
   */
  readonly header?: Readonly<Record<string, unknown>> | string
  /** `kid` to put in the header; null leaves it out. Default: the thumbprint of the key that signs. */
  readonly kid?: string | null | undefined
  /**
   * What signs. `unpublished` is a key that the server never publishes; a `CryptoKey` must be private and extractable;
   * with `{ secret }`, `kid` is by default that of the first published key. Default: `published`.
   */
  readonly key?: MintKey
  /** The payload as it stands, instead of claims: text that is not JSON, repeated members, bytes that are not UTF-8. */
  readonly payload?: string | Uint8Array
  /**
   * - `good`: as the algorithm asks.
   * - `none`: an unsecured JWT: `alg` is `none`, the signature empty (RFC 7519, section 6).
   * - `stripped`: the header stays, the signature is empty.
   * - `corrupt`: one bit of the signature is flipped.
   *
   * Default: `good`.
   */
  readonly signature?: 'good' | 'none' | 'stripped' | 'corrupt'
}
