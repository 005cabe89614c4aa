import { createLocalJWKSet, jwtVerify } from 'jose'
import { AUDIENCE } from '../issuer.js'
import { toToken } from '../strings.js'
import type { Peer } from './peer.js'

/** With a key set, as with all that find the key by its `kid`. */
export const jose: Peer = {
  name: '`jose.jwtVerify`',
  caches: false,
  create({ issuer, jwk }) {
    const keySet = createLocalJWKSet({ keys: [{ kty: '', ...jwk }] })
    return (value) => jwtVerify(toToken(value), keySet, { issuer, audience: AUDIENCE, typ: 'at+jwt' })
  },
}
