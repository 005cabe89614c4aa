import { describe, expect, test } from '@jest/globals'
import { createResourceServer, RefusedError } from '@bearward/core'
import { toVerificationKey } from '../../packages/core/src/keys/jwk.js'
import type { KeySource } from '../../packages/core/src/keys/key-source.js'
import { parseCompact } from '../../packages/core/src/token/compact.js'
import { checkHeader, verifySignature } from '../../packages/core/src/token/jwt.js'
import { putTogether, takeApart } from '../support/jws.js'
import { verdictOn } from '../support/request.js'
import { rule, ruleForEach } from '../support/rule.js'
import { vector, VECTORS, type SignedVector } from './vectors.js'

const { signatures, macs, headers, jsonSerialization } = VECTORS

/** What `verifySignature` makes of a JWS, given this key: the claims, or the code of the refusal. */
async function verify(jws: string, jwk: unknown): Promise<unknown> {
  const { header, signature } = takeApart(jws)
  const { alg, kid } = JSON.parse(header) as { alg: string; kid?: string }
  const key = await toVerificationKey(jwk)
  const usable = key?.algorithms.has(alg) === true ? key : undefined
  const keySource: KeySource = {
    find: async (_hint, verifies) => (usable !== undefined && (await verifies(usable)) ? usable : undefined),
  }
  const signingInput = jws.slice(0, jws.lastIndexOf('.'))
  const jwt = { compact: jws, signingInput, header: {}, unverifiedClaims: { of: jws }, signature }
  try {
    return await verifySignature(jwt, { alg, kid }, keySource)
  } catch (error) {
    if (error instanceof RefusedError) return error.code
    throw error
  }
}

/** The same JWS, with one bit changed in its header, payload or signature. */
function changeOneBit({ jws }: SignedVector, part: 'payload' | 'signature'): string {
  const { header, payload, signature } = takeApart(jws)
  const parts = { payload: Buffer.from(payload), signature: Buffer.from(signature) }
  const middle = parts[part].length >> 1
  parts[part].writeUInt8(parts[part].readUInt8(middle) ^ 1, middle)
  return putTogether(header, parts.payload, parts.signature)
}

describe.each(Object.entries(signatures))('%s', (_id, signed) => {
  test(`verifies the signature of ${signed.source}`, async () => {
    expect(await verify(signed.jws, signed.jwk)).toEqual({ of: signed.jws })
  })

  test.each(['payload', 'signature'] as const)('refuses it with one bit of its %s changed', async (part) => {
    const changed = changeOneBit(signed, part)
    expect(changed).not.toBe(signed.jws)
    expect(await verify(changed, signed.jwk)).toBe('ERR_TOKEN_SIGNATURE')
  })

  test('refuses it with every other published key', async () => {
    const others = Object.values(signatures).filter(
      ({ jwk }) => jwk.x !== signed.jwk.x || jwk.n !== signed.jwk.n,
    )
    expect(others.length).toBeGreaterThan(0)
    for (const { jwk } of others) expect(await verify(signed.jws, jwk)).toBe('ERR_TOKEN_SIGNATURE')
  })
})

ruleForEach(
  '7515-5.2-b',
  { 'RFC 7515, A.2 (RS256)': 'rfc7515-A2-rs256', 'RFC 7515, A.3 (ES256)': 'rfc7515-A3-es256' },
  'parses and verifies %s, whose payload has line breaks and spaces',
  async (id) => {
    const { jws, jwk } = vector(signatures, id)
    const jwt = parseCompact(jws, 16_384)
    expect(jwt.unverifiedClaims).toEqual({ iss: 'joe', exp: 1300819380, 'http://example.com/is_root': true })
    expect(await verify(jws, jwk)).toEqual({ of: jws })
    const { header, signature } = takeApart(jws)
    expect(await verify(putTogether(header, jwt.unverifiedClaims, signature), jwk)).toBe(
      'ERR_TOKEN_SIGNATURE',
    )
  },
)

rule('8037-3.1-a', 'verifies the EdDSA signature of RFC 8037, A.4, with the Ed25519 key of A.2', async () => {
  const { jws, jwk } = vector(signatures, 'rfc8037-A4-ed25519-jws')
  expect(await verify(jws, jwk)).toEqual({ of: jws })
  expect(await verify(jws, { ...jwk, crv: 'X25519' })).toBe('ERR_TOKEN_SIGNATURE')
  expect(await verify(jws, { ...jwk, crv: 'Ed448' })).toBe('ERR_TOKEN_SIGNATURE')
})

/** The verdict of a resource server whose issuer publishes these keys. */
async function verdictWith(jws: string, keys: readonly unknown[]): Promise<string> {
  const resourceServer = createResourceServer({
    issuer: 'https://as.example.com',
    audience: 'https://api.example.com',
    jwksUri: 'https://as.example.com/jwks',
    fetch: () => Promise.resolve(Response.json({ keys })),
  })
  return verdictOn(resourceServer, jws)
}

describe.each(Object.entries(macs))('%s', (_id, { source, jws, jwk }) => {
  test(`has no use for the secret of ${source}, and refuses the token`, async () => {
    expect(await toVerificationKey(jwk)).toBeUndefined()
    expect(await verify(jws, jwk)).toBe('ERR_TOKEN_SIGNATURE')
    expect(await verdictWith(jws, [jwk])).toMatch(/^ERR_TOKEN_(ISSUER|MALFORMED)$/)
    // Also with claims and a type that would be good: the algorithm is refused before any key is asked for.
    const typed = { ...(JSON.parse(takeApart(jws).header) as object), typ: 'at+jwt' }
    const token = putTogether(typed, { iss: 'https://as.example.com' }, takeApart(jws).signature)
    expect(await verdictWith(token, [jwk])).toBe('ERR_TOKEN_ALGORITHM')
  })
})

const POLICY = { algorithms: new Set(['RS256', 'ES256']), types: new Set([null]) }

ruleForEach(
  ['7515-4.1.11-a', '7518-3.6-a', '7797-7-a'],
  {
    'RFC 7515, A.5 (none)': ['rfc7515-A5-none', 'ERR_TOKEN_ALGORITHM', 'ERR_TOKEN_ISSUER'],
    'RFC 7515, appendix E (crit)': ['rfc7515-E-crit-negative', 'ERR_TOKEN_HEADER', 'ERR_TOKEN_MALFORMED'],
    'RFC 7797, 4.2 (b64)': ['rfc7797-4.2-b64false', 'ERR_TOKEN_HEADER', 'ERR_TOKEN_MALFORMED'],
  } as const,
  'refuses the header of %s, and the token',
  async ([id, headerCode, tokenCode]) => {
    const { jws } = vector(headers, id)
    const check = (text: string) => {
      const header = JSON.parse(text) as Record<string, unknown>
      const unused = { compact: jws, signingInput: '', unverifiedClaims: {}, signature: new Uint8Array(1) }
      return checkHeader({ ...unused, header }, POLICY)
    }
    expect(() => check(takeApart(jws).header)).toThrow(expect.objectContaining({ code: headerCode }))
    expect(await verdictWith(jws, [])).toBe(tokenCode)
    const good = vector(signatures, 'rfc7515-A3-es256')
    expect(check(takeApart(good.jws).header)).toEqual({ alg: 'ES256', kid: undefined })
  },
)

rule(
  '7515-7.2-a',
  'refuses the general JSON serialization of RFC 7515, A.6.4, plain and in base64url',
  async () => {
    const json = JSON.stringify(jsonSerialization.jws)
    expect(await verdictWith(json, [])).toBe('ERR_CREDENTIALS_MALFORMED')
    expect(await verdictWith(Buffer.from(json).toString('base64url'), [])).toBe('ERR_TOKEN_MALFORMED')
  },
)
