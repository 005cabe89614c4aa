import type { AuthorizationServer } from './authorization-server.js'
import type { KeyRing } from './keys/key-ring.js'
import type { Settings } from './options.js'
import type { Sources } from './routes.js'
import { createClaims } from './tokens/claims.js'
import { createIssuedTokens } from './tokens/issued-tokens.js'
import { mintToken } from './tokens/mint.js'
import { createOpaqueToken } from './tokens/opaque.js'
import { readClaims } from './tokens/read-claims.js'

/** What an authorization server does with its keys and tokens, however it is reached. */
export type IssuingMembers = Pick<
  AuthorizationServer,
  'mint' | 'mintOpaque' | 'setClaims' | 'revoke' | 'rotateKeys' | 'keySet' | 'publish'
>

/** The same keys and tokens for the tests, and for who sends requests. */
export interface Issuing {
  readonly members: IssuingMembers
  readonly sources: Sources
}

/** Puts the keys to work. */
export function createIssuing(keys: KeyRing, settings: Settings, issuer: string): Issuing {
  const { clock } = settings
  const issued = createIssuedTokens()
  let publishedKeys: readonly unknown[] | undefined

  const members: IssuingMembers = {
    async mint(claims, options) {
      const token = await mintToken(keys, { ...createClaims(settings, issuer), ...claims }, options)
      issued.add(token, readClaims(token) ?? { active: false })
      return token
    },
    mintOpaque(claims, { token = createOpaqueToken(), staysActive } = {}) {
      issued.add(token, { ...createClaims(settings, issuer), ...claims }, staysActive)
      return token
    },
    setClaims: issued.setClaims,
    revoke: issued.revoke,
    rotateKeys: ({ keepOld = false } = {}) => keys.rotate(keepOld),
    keySet: () => ({ keys: keys.publicKeys() }),
    publish(rawKeys) {
      publishedKeys = rawKeys
    },
  }
  const mintForClient = settings.accessTokens === 'opaque' ? members.mintOpaque : members.mint

  return {
    members,
    sources: {
      keys: () => publishedKeys ?? keys.publicKeys(),
      issue: async ({ clientId }, scope) => mintForClient({ sub: clientId, client_id: clientId, scope }),
      introspect: (token) => issued.introspect(token, clock.now()),
      signIntrospection(clientId, introspection) {
        const claims = { iss: issuer, aud: clientId, iat: Math.floor(clock.now()) }
        const header = { typ: 'token-introspection+jwt' }
        return mintToken(keys, { ...claims, token_introspection: introspection }, { header })
      },
      revoke: issued.revoke,
    },
  }
}
