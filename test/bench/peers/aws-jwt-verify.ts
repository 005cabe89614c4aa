import { JwtVerifier } from 'aws-jwt-verify'
import { AUDIENCE } from '../issuer.js'
import { toToken } from '../strings.js'
import type { Peer } from './peer.js'

/** By `verifySync`, with a key set that was given to it. It verifies in line. */
export const awsJwtVerify: Peer = {
  name: '`aws-jwt-verify`',
  caches: false,
  algorithms: ['RS256', 'ES256', 'EdDSA'],
  create({ issuer, jwk }) {
    const verifier = JwtVerifier.create({ issuer, audience: AUDIENCE, jwksUri: `${issuer}/jwks` })
    verifier.cacheJwks({ keys: [{ kty: '', ...jwk }] })
    return (value) => verifier.verifySync(toToken(value))
  },
}
