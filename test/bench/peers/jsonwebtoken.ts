import jwt from 'jsonwebtoken'
import { AUDIENCE } from '../issuer.js'
import { toToken } from '../strings.js'
import type { Peer } from './peer.js'

/** With the one key that there is, imported before. It verifies in line. */
export const jsonwebtoken: Peer = {
  name: '`jsonwebtoken`',
  caches: false,
  algorithms: ['RS256', 'PS256', 'ES256'],
  create({ issuer, algorithm, publicKey }) {
    const options = { algorithms: [algorithm as 'ES256'], issuer, audience: AUDIENCE }
    return (value) => jwt.verify(toToken(value), publicKey, options)
  },
}
