import { describe, expect, test } from '@jest/globals'
import { createResourceServer, type AccessTokenProfile, type SingleIssuerOptions } from '@bearward/core'
import { createManualClock } from '../support/manual-clock.js'
import { createOwnKey, takeApart } from '../support/jws.js'
import { judge, requestWithToken, verdictOn } from '../support/request.js'
import { vector, VECTORS } from './vectors.js'

const { accessToken, otherTokens, resourceTokens, signatures } = VECTORS
const rsa = createOwnKey('rsa', 'RjEwOwOA')

/** A resource server of that time, whose issuer publishes these keys. */
function protect(
  issuer: string,
  now: number,
  keys: readonly unknown[],
  options: Partial<SingleIssuerOptions>,
) {
  return createResourceServer({
    issuer,
    audience: 'https://api.example.com',
    jwksUri: `${issuer}/jwks`,
    clock: createManualClock(now),
    fetch: () => Promise.resolve(Response.json({ keys })),
    ...options,
  } as SingleIssuerOptions)
}

const claimsOf = (jws: string) => JSON.parse(takeApart(jws).payload) as Record<string, unknown>

describe(accessToken.source, () => {
  const { header, claims } = accessToken
  const judgeAt = (now: number, audience = claims.aud, changes = {}) => {
    const resourceServer = protect(claims.iss, now, [rsa.jwk], { audience })
    return judge(resourceServer, requestWithToken(rsa.sign({ ...header, ...changes }, { ...claims })))
  }

  test('accepts the access token of the example, with its type spelt at+JWT', async () => {
    expect(header['typ']).toBe('at+JWT')
    const outcome = await judgeAt(claims.iat + 60)
    if (outcome.verdict !== 'accepted') throw new Error(outcome.error.code)
    expect(outcome.auth).toMatchObject({
      issuer: claims.iss,
      subject: '5ba552d67',
      clientId: 's6BhdRkqt3',
      expiresAt: claims.exp,
      claims,
      via: 'jwt',
    })
    expect([...outcome.auth.scopes]).toEqual(['openid', 'profile', 'reademail'])
  })

  test('refuses it for another audience, of another type, and when it has expired', async () => {
    const now = claims.iat + 60
    expect(await judgeAt(now, 'https://rs.example.com')).toMatchObject({
      error: { code: 'ERR_TOKEN_AUDIENCE' },
    })
    expect(await judgeAt(now, claims.aud, { typ: 'JWT' })).toMatchObject({
      error: { code: 'ERR_TOKEN_TYPE' },
    })
    expect(await judgeAt(claims.exp + 5)).toMatchObject({ error: { code: 'ERR_TOKEN_EXPIRED' } })
    expect(await judgeAt(claims.exp + 4)).toMatchObject({ verdict: 'accepted' })
  })
})

describe.each([
  ['rfc9701-5-response', 1_514_797_900],
  ['rfc8417-2.4-set', 1_458_496_500],
  ['rfc8935-2.1-set', 1_508_184_900],
  ['rfc9449-fig8-bound-jwt', 1_562_262_700],
])('%s', (id, now) => {
  const { source, jws } = vector(otherTokens, id)
  const claims = claimsOf(jws)
  const issuer = String(claims['iss'])

  test(`refuses the token of ${source}, which has not the type of an access token`, async () => {
    const resourceServer = protect(issuer, now, [rsa.jwk], {
      audience: [claims['aud'] ?? 'any'].flat() as string[],
    })
    expect(await verdictOn(resourceServer, jws)).toBe('ERR_TOKEN_TYPE')
    const retyped = rsa.sign(
      { alg: 'RS256', typ: 'at+jwt' },
      { sub: 'x', client_id: 'x', jti: 'x', iat: now, aud: 'any', ...claims, exp: now + 60 },
    )
    const code = id === 'rfc9449-fig8-bound-jwt' ? 'ERR_TOKEN_SENDER_CONSTRAINED' : 'accepted'
    expect(await verdictOn(resourceServer, retyped)).toBe(code)
  })
})

describe.each(['rfc9449-proof-fig2-token', 'rfc9449-proof-fig7-refresh', 'rfc9449-proof-fig13-resource'])(
  '%s',
  (id) => {
    const { source, jws } = vector(otherTokens, id)

    test(`refuses the DPoP proof of ${source}: it has no issuer, and is of another type`, async () => {
      const issuer = 'https://server.example.com'
      const { jwk } = JSON.parse(takeApart(jws).header) as { jwk: object }
      const resourceServer = protect(issuer, 1_562_262_620, [jwk, rsa.jwk], {})
      expect(await verdictOn(resourceServer, jws)).toBe('ERR_TOKEN_ISSUER')
      const header = { ...(JSON.parse(takeApart(jws).header) as object), alg: 'RS256' }
      const issued = rsa.sign(header, { ...claimsOf(jws), iss: issuer })
      expect(await verdictOn(resourceServer, issued)).toBe('ERR_TOKEN_TYPE')
    })
  },
)

describe('statuslist-jwt', () => {
  const { source, jws, jwk } = vector(signatures, 'statuslist-jwt')

  test(`refuses the status list token of ${source}, though its signature is good`, async () => {
    const anyType: AccessTokenProfile = { typ: [null, 'JWT', 'at+jwt'], optionalClaims: ['client_id', 'jti'] }
    for (const profile of ['rfc9068', anyType] as const) {
      const resourceServer = protect('https://example.com', 1_686_920_200, [jwk], { profile })
      expect(await verdictOn(resourceServer, jws)).toBe('ERR_TOKEN_TYPE')
    }
  })
})

describe(resourceTokens.source, () => {
  const issuer = 'http://authorization-server.example.com'
  const own = createOwnKey('P-256', '77')
  const profile: AccessTokenProfile = { typ: [null], optionalClaims: ['client_id', 'iat', 'jti'] }
  const [calendar, contacts] = ['https://cal.example.com/', 'https://contacts.example.com/']
  const verdictAt = (audience: string, jws: string) => {
    const options = { audience, profile, dangerouslyAllowHttp: true }
    return verdictOn(protect(issuer, 1_588_420_000, [own.jwk], options), jws)
  }
  const signAgain = (jws: string) => own.sign({ alg: 'ES256', kid: '77' }, takeApart(jws).payload)

  test('accepts each token for its own resource, signed with a key that we have', async () => {
    expect(await verdictAt(calendar, signAgain(resourceTokens.calendar))).toBe('accepted')
    expect(await verdictAt(contacts, signAgain(resourceTokens.contacts))).toBe('accepted')
  })

  test('refuses each token for the resource of the other', async () => {
    expect(await verdictAt(contacts, signAgain(resourceTokens.calendar))).toBe('ERR_TOKEN_AUDIENCE')
    expect(await verdictAt(calendar, signAgain(resourceTokens.contacts))).toBe('ERR_TOKEN_AUDIENCE')
  })

  test('refuses the tokens as printed: their key is not published', async () => {
    expect(await verdictAt(calendar, resourceTokens.calendar)).toBe('ERR_TOKEN_SIGNATURE')
    expect(await verdictAt(contacts, resourceTokens.contacts)).toBe('ERR_TOKEN_SIGNATURE')
  })
})
