import type { AuthorizationServer } from './authorization-server.js'
import type { KeyRing } from './keys/key-ring.js'
import type { Settings } from './options.js'
import { createClaims } from './tokens/claims.js'
import { mintToken } from './tokens/mint.js'

/** What an authorization server does with its keys, however it is reached. */
export interface Issuing extends Pick<AuthorizationServer, 'mint' | 'rotateKeys' | 'keySet' | 'publish'> {
  /** The keys to serve: the real ones, or those that were published in their place. */
  servedKeys(): readonly unknown[]
}

/** Puts the keys to work. */
export function createIssuing(keys: KeyRing, settings: Settings, issuer: string): Issuing {
  let publishedKeys: readonly unknown[] | undefined
  return {
    mint: (claims, options) => mintToken(keys, { ...createClaims(settings, issuer), ...claims }, options),
    rotateKeys: ({ keepOld = false } = {}) => keys.rotate(keepOld),
    keySet: () => ({ keys: keys.publicKeys() }),
    publish(rawKeys) {
      publishedKeys = rawKeys
    },
    servedKeys: () => publishedKeys ?? keys.publicKeys(),
  }
}
