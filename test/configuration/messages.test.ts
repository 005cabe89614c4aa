import { describe, expect, test } from '@jest/globals'
import { configurationErrorOf } from '../support/configuration.js'

const options = { issuer: 'https://as.example.com', audience: 'https://api.example.com' }
const SECRET = 's3cr3t-value'

/** Values that cannot be, each with a secret in it, for every option that takes a text. */
const GIVEN: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  issuer: { issuer: `https://user:${SECRET}@as.example.com` },
  audience: { audience: [SECRET, 1] },
  jwksUri: { jwksUri: `https://user:${SECRET}@as.example.com/jwks` },
  internalOrigin: { internalOrigin: `https://user:${SECRET}@keycloak` },
  algorithms: { algorithms: [SECRET] },
  profile: { profile: SECRET },
  'profile.typ': { profile: { typ: [SECRET] } },
  'profile.optionalClaims': { profile: { optionalClaims: [SECRET] } },
  'profile.clientIdClaim': { profile: { clientIdClaim: [SECRET, 1] } },
  'profile.audienceClaim': { profile: { audienceClaim: SECRET } },
  'profile.requiredClaims': { profile: { requiredClaims: { [SECRET]: 1 } } },
  'profile.scopesFrom': { profile: { scopesFrom: [SECRET, 1] } },
  scopesFrom: { scopesFrom: [SECRET, 1] },
  clockTolerance: { clockTolerance: SECRET },
  maxTokenAge: { maxTokenAge: SECRET },
  maxTokenSize: { maxTokenSize: SECRET },
  dangerouslyAllowHttp: { dangerouslyAllowHttp: SECRET },
  fetch: { fetch: SECRET },
  realm: { realm: `${SECRET}\n` },
  errorUri: { errorUri: SECRET },
  hideForbidden: { hideForbidden: SECRET },
  requireTls: { requireTls: SECRET },
  bearerMethods: { bearerMethods: [SECRET] },
  readAccessToken: { readAccessToken: SECRET },
  refusalBody: { refusalBody: SECRET },
  onRefusal: { onRefusal: SECRET },
  clock: { clock: { now: SECRET } },
  introspection: { introspection: { clientSecret: SECRET } },
}

describe('a configuration error', () => {
  test.each(Object.entries(GIVEN))('names the option, and not its value: %s', (name, given) => {
    const error = configurationErrorOf({ ...options, ...given })
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'ERR_CONFIGURATION', option: name })
    expect(error?.message.startsWith(`${name}: `)).toBe(true)
    expect(error?.message).not.toContain(SECRET)
    expect(JSON.stringify(error)).not.toContain(SECRET)
  })

  test('does not keep the options', () => {
    const error = configurationErrorOf({ ...options, realm: `${SECRET}\n` })
    expect(Object.keys(error ?? {}).sort()).toEqual(['code', 'name', 'option'])
    expect(error?.cause).toBeUndefined()
  })
})
