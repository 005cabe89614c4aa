import { readScopes } from '../../../packages/core/src/authorization/scope.js'
import { readKeySet } from '../../../packages/core/src/keys/key-set.js'
import { parseMetadata } from '../../../packages/core/src/metadata/authorization-server.js'
import { createResourceServer } from '../../../packages/core/src/resource-server.js'
import { checkClaims } from '../../../packages/core/src/token/claims.js'
import { parseCompact } from '../../../packages/core/src/token/compact.js'
import { checkHeader } from '../../../packages/core/src/token/jwt.js'
import { asVerified } from '../../../packages/core/src/token/verified.js'
import { createManualClock } from '../../support/manual-clock.js'
import { judge, requestWithToken } from '../../support/request.js'
import { AUDIENCES, ISSUER, NOW } from '../reference/rules.js'
import { attempt } from '../support/attempt.js'
import type { Json, JsonMembers } from '../support/json.js'
import { GOOD_CLAIMS } from '../support/seeds.js'
import { PARSED_SETTINGS } from '../support/settings.js'
import { ED_KEY } from './answers.js'
import type { Growing } from './growing.js'

const [SETTING] = PARSED_SETTINGS
const EMPTY_JWT = parseCompact('e30.e30.', 8)

/** The same of what has been parsed. */
export const GROWING_DOCUMENTS: Readonly<Record<string, Growing>> = {
  'header: a type of slashes': header((size) => ({ alg: 'ES256', typ: 'application/'.repeat(size / 12) })),
  'header: a kid': header((size) => ({ alg: 'ES256', typ: 'at+jwt', kid: 'x'.repeat(size) })),
  'claims: audiences': claims((size) => ({ aud: [...texts(size), 'urn:api'] })),
  'claims: members': claims((size) => Object.fromEntries(texts(size).map((name) => [name, 1]))),
  'scopes: spaces': scopes((size) => ' '.repeat(size)),
  'scopes: one after another': scopes((size) => texts(size).join(' ')),
  'key set: members': keys((size) => Array.from({ length: size / 100 }, () => ED_KEY.jwk)),
  'key set: a modulus': keys((size) => [{ kty: 'RSA', n: 'A'.repeat(size), e: 'AQAB' }]),
  'key set: an exponent': keys((size) => [{ kty: 'RSA', n: 'A'.repeat(400), e: 'A'.repeat(size) }]),
  'key set: a coordinate': keys((size) => [{ kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(size) }]),
  'key set: operations': keys((size) => [{ ...ED_KEY.jwk, key_ops: texts(size) }]),
  'metadata: an address': metadata((size) => ({
    jwks_uri: `https://as.example.com/${'../'.repeat(size / 3)}`,
  })),
  'metadata: methods': metadata((size) => ({ token_endpoint_auth_methods_supported: texts(size) })),
  'pipeline: a token that is signed': pipeline((size) =>
    ED_KEY.sign(
      Buffer.from('{"alg":"Ed25519","typ":"at+jwt"}'),
      Buffer.from(JSON.stringify({ ...GOOD_CLAIMS[0], padding: 'x'.repeat((3 * size) / 4) })),
    ),
  ),
  'pipeline: a token that is too large': pipeline((size) => 'a'.repeat(Math.max(size, 1_048_577))),
}

function texts(size: number): string[] {
  return Array.from({ length: size / 10 }, (_, index) => `text-${String(index)}`)
}

function header(make: (size: number) => JsonMembers): Growing {
  return (size) => {
    const jwt = { ...EMPTY_JWT, header: make(size) }
    return () => attempt(() => SETTING && checkHeader(jwt, SETTING.config.header))
  }
}

function claims(make: (size: number) => JsonMembers): Growing {
  return (size) => {
    const verified = asVerified({ ...GOOD_CLAIMS[0], ...make(size) })
    return () => attempt(() => SETTING && checkClaims(verified, SETTING.config.claims, NOW))
  }
}

function scopes(make: (size: number) => string): Growing {
  return (size) => {
    const carried = { scope: make(size) }
    return () => readScopes(carried, undefined)
  }
}

function keys(make: (size: number) => readonly Json[]): Growing {
  return (size) => {
    const document = { keys: make(size) }
    return () => readKeySet(document).catch((error: unknown) => error)
  }
}

function metadata(make: (size: number) => JsonMembers): Growing {
  return (size) => {
    const document = { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks`, ...make(size) }
    return () => attempt(() => parseMetadata(document, ISSUER, (url) => URL.canParse(url)))
  }
}

function pipeline(make: (size: number) => string): Growing {
  const server = createResourceServer({
    issuer: ISSUER,
    audience: AUDIENCES,
    jwksUri: `${ISSUER}/jwks`,
    fetch: () => Promise.resolve(Response.json({ keys: [ED_KEY.jwk] })),
    clock: createManualClock(NOW),
    maxTokenSize: 1_048_576,
    verdictCache: false,
  })
  return (size) => {
    const request = requestWithToken(make(size))
    return () => judge(server, request)
  }
}
