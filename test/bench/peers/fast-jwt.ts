import { createVerifier } from 'fast-jwt'
import { AUDIENCE, type Issuer } from '../issuer.js'
import { toToken } from '../strings.js'
import type { Judge, Peer } from './peer.js'

/** With the one key that there is: it has no key set. It verifies in line. */
export const fastJwt: Peer = {
  name: '`fast-jwt`',
  caches: false,
  create: (issuer) => create(issuer, false),
}

export const fastJwtCached: Peer = {
  name: '`fast-jwt` with `cache`',
  caches: true,
  create: (issuer, size) => create(issuer, Math.max(1_000, size)),
}

function create({ issuer, algorithm, publicKey }: Issuer, cache: false | number): Judge {
  const verify = createVerifier({
    key: publicKey.export({ type: 'spki', format: 'pem' }),
    algorithms: [algorithm],
    allowedIss: issuer,
    allowedAud: AUDIENCE,
    checkTyp: 'at+jwt',
    cache,
  })
  return (value) => verify(toToken(value)) as unknown
}
