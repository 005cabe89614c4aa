import { describe, expect, test } from '@jest/globals'
import { PROFILES, type AccessTokenProfile } from '@bearward/core'
import { optionAtFault } from '../support/configuration.js'
import { judge, requestWithToken, verdictOn } from '../support/request.js'
import { AUDIENCE, useServers } from '../support/servers.js'

const servers = useServers()

/** The verdict under this profile on a token that differs from RFC 9068 in these claims and this type, or has none. */
async function verdictUnder(
  profile: AccessTokenProfile,
  claims: Record<string, unknown>,
  typ: string | null = 'at+jwt',
): Promise<string> {
  const { authorizationServer, protect } = servers()
  const header = { typ: typ ?? undefined }
  return verdictOn(protect({ profile }), await authorizationServer.mint(claims, { header }))
}

describe('an empty profile', () => {
  test('is RFC 9068', async () => {
    expect(await verdictUnder({}, {})).toBe('accepted')
    expect(await verdictUnder({}, {}, 'JWT')).toBe('ERR_TOKEN_TYPE')
    expect(await verdictUnder({}, { jti: undefined })).toBe('ERR_TOKEN_CLAIM_MISSING')
    expect(await verdictUnder({}, { aud: undefined, client_id: AUDIENCE })).toBe('ERR_TOKEN_CLAIM_MISSING')
  })
})

describe('optionalClaims', () => {
  test.each(['client_id', 'iat', 'jti', 'sub'] as const)(
    'lets %s be absent, and no other claim',
    async (name) => {
      const profile = { optionalClaims: [name] }
      expect(await verdictUnder(profile, { [name]: undefined })).toBe('accepted')
      for (const other of ['client_id', 'iat', 'jti', 'sub', 'exp', 'aud'].filter(
        (claim) => claim !== name,
      )) {
        expect(await verdictUnder(profile, { [other]: undefined })).toBe('ERR_TOKEN_CLAIM_MISSING')
      }
    },
  )

  test('lets a claim be absent, but not be of another type', async () => {
    const profile = { optionalClaims: ['sub', 'client_id', 'iat', 'jti'] } as const
    for (const name of profile.optionalClaims) {
      expect(await verdictUnder(profile, { [name]: null })).toBe('ERR_TOKEN_CLAIM_INVALID')
    }
  })

  test.each(['exp', 'iss', 'aud', 'scope', ''])('cannot be %p', (name) => {
    const options = { issuer: 'https://as.example.com', audience: AUDIENCE }
    expect(optionAtFault({ ...options, profile: { optionalClaims: [name] } })).toBe('profile.optionalClaims')
    expect(optionAtFault({ ...options, profile: { optionalClaims: [] } })).toBeUndefined()
  })

  test('leaves subject and client open where they are absent', async () => {
    const { authorizationServer, protect } = servers()
    const resourceServer = protect({ profile: { optionalClaims: ['sub', 'client_id'] } })
    const token = await authorizationServer.mint({ sub: undefined, client_id: undefined })
    const verdict = await judge(resourceServer, requestWithToken(token))
    expect(verdict).toMatchObject({ verdict: 'accepted', auth: { subject: undefined, clientId: undefined } })
  })
})

describe('clientIdClaim', () => {
  const profile = { clientIdClaim: ['azp', 'appid'] } as const

  test('is found where the first of the claims is present', async () => {
    const { authorizationServer, protect } = servers()
    for (const [claims, clientId] of [
      [{ azp: 'a', appid: 'b' }, 'a'],
      [{ appid: 'b' }, 'b'],
    ] as const) {
      const token = await authorizationServer.mint(claims)
      expect((await protect({ profile }).authenticate(requestWithToken(token))).clientId).toBe(clientId)
    }
  })

  test('is required in the place of client_id', async () => {
    expect(await verdictUnder(profile, {})).toBe('ERR_TOKEN_CLAIM_MISSING')
    expect(await verdictUnder({ clientIdClaim: 'azp' }, { azp: 'a', client_id: undefined })).toBe('accepted')
  })
})

describe('audienceClaim', () => {
  const profile = { audienceClaim: 'client_id' } as const

  test('looks for the audience in client_id where there is no aud', async () => {
    expect(await verdictUnder(profile, { aud: undefined, client_id: AUDIENCE })).toBe('accepted')
    expect(await verdictUnder(profile, { aud: undefined, client_id: 'other' })).toBe('ERR_TOKEN_AUDIENCE')
    expect(await verdictUnder({}, { aud: undefined, client_id: AUDIENCE })).toBe('ERR_TOKEN_CLAIM_MISSING')
  })

  test('lets aud decide where there is one', async () => {
    expect(await verdictUnder(profile, { client_id: 'other' })).toBe('accepted')
    expect(await verdictUnder(profile, { aud: 'other', client_id: AUDIENCE })).toBe('ERR_TOKEN_AUDIENCE')
  })
})

describe('requiredClaims', () => {
  const profile = { requiredClaims: { token_use: 'access', tenant: 'a' } }

  test('must all be there, with exactly these values', async () => {
    expect(await verdictUnder(profile, { token_use: 'access', tenant: 'a' })).toBe('accepted')
    for (const tenant of [undefined, 'b', 'A', 'a ', ['a'], null]) {
      expect(await verdictUnder(profile, { token_use: 'access', tenant })).toBe('ERR_TOKEN_CLAIM_INVALID')
    }
  })

  test('refuse by the type where they name the kind of the token', async () => {
    for (const kind of [undefined, 'id', 'Access', 'access ', ['access'], null]) {
      expect(await verdictUnder(profile, { token_use: kind, tenant: 'a' })).toBe('ERR_TOKEN_TYPE')
    }
  })
})

describe('a ready profile', () => {
  test('can be built upon', async () => {
    const profile = {
      ...PROFILES.keycloak,
      requiredClaims: { ...PROFILES.keycloak.requiredClaims, azp: 'app' },
    }
    expect(await verdictUnder(profile, { typ: 'Bearer', azp: 'app' }, 'JWT')).toBe('accepted')
    expect(await verdictUnder(profile, { typ: 'Bearer', azp: 'other' }, 'JWT')).toBe(
      'ERR_TOKEN_CLAIM_INVALID',
    )
  })
})

describe('a sender constraint', () => {
  test.each([
    ['a key thumbprint', { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' }],
    ['a certificate thumbprint', { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' }],
    ['a key', { jwk: {} }],
    ['nothing', {}],
    ['null', null],
    ['a text', ''],
    ['a list', []],
  ])('is refused under every profile, whatever it holds: %s', async (_name, cnf) => {
    const common = { typ: 'Bearer', token_use: 'access', azp: 'client', cid: 'client' }
    for (const profile of Object.values(PROFILES)) {
      const [typ = 'at+jwt'] = profile.typ ?? []
      expect(await verdictUnder(profile, { ...common, cnf }, typ)).toBe('ERR_TOKEN_SENDER_CONSTRAINED')
      expect(await verdictUnder(profile, common, typ)).toBe('accepted')
    }
  })
})
